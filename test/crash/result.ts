import os from 'node:os';
import type { Cell } from './cells';
import { nameOf } from './cells';
import type { PlayedCall } from './round';
import type { VictimName } from './victims';
import { isKilledBy } from './victims';

export interface CellResult extends Cell {
  /** Empty: green. */
  faults: string[];
  /** From the start of the process that takes over, or from the kill when another one runs, until the peers saw the call go on; ms. */
  recoveredMs?: number;
  /** What they saw. */
  recoveredBy?: string;
}

export interface MatrixResult {
  cores: number;
  /** Processes that ran or waited to run, on average of the minute before. */
  load: number;
  /** Of this run's processes against others: below 0 they go first. */
  nice: number;
  rounds: number;
  cells: CellResult[];
  /** From its start until a killed process said that it is ready, in ms, each time. */
  readyMs: Partial<Record<VictimName, number[]>>;
  /** What was left of which engine 35 s after its last call, where it belongs to no call. */
  left: string[];
}

export function emptyResult(rounds: number): MatrixResult {
  return {
    cores: os.cpus().length,
    load: Math.round(os.loadavg()[0] ?? 0),
    nice: os.getPriority(),
    rounds,
    cells: [],
    readyMs: {},
    left: [],
  };
}

/** Due when the grace is over, not when the engine has recovered. */
const PUT_OFF = 'BYE at the bot';

/** When the call went on: what its peers waited for is there, and while they talk what the bot asks for next as well. */
export function recovery({ call, strike }: PlayedCall): Pick<CellResult, 'recoveredMs' | 'recoveredBy'> {
  // Nothing in a call waits for a bot that is away.
  if (!strike || isKilledBy('bot', call.cell.victim)) return {};
  const after = call.reactions.filter(({ at }) => at >= strike.from);
  const seen = after[call.isAt('conversing', 'back with the bot') ? 1 : 0];
  return seen && seen.what !== PUT_OFF ? { recoveredMs: seen.at - strike.from, recoveredBy: seen.what } : {};
}

export function isRed({ faults }: CellResult): boolean {
  return faults.length > 0;
}

/** One line for a terminal. */
export function lineOf(result: CellResult): string {
  const time = result.recoveredMs === undefined ? '' : `${(result.recoveredMs / 1000).toFixed(2)} s`;
  return `${isRed(result) ? 'RED  ' : 'green'} ${nameOf(result).padEnd(44)} ${time}${result.faults.map((fault) => `\n      ${fault}`).join('')}`;
}
