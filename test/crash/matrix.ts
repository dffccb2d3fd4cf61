import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Cell } from './cells';
import { judge } from './judge';
import { residue, restOf } from './residue';
import type { MatrixResult } from './result';
import { emptyResult, isRed, lineOf, recovery } from './result';
import type { PlayedCall } from './round';
import { playRound } from './round';
import { VICTIMS } from './victims';
import type { WorldOptions } from './world';
import { World } from './world';

export interface MatrixOptions extends WorldOptions {
  cells: readonly Cell[];
  /** How often each cell is played. */
  rounds?: number;
  /** Called when the last call is over; what follows is the wait for what may be left. */
  onPlayed?: () => void;
  /** False: does not wait for what may be left 35 s after the last call. */
  looksForRest?: boolean;
  /** Hears of each round, and of each cell when it is judged. */
  say?: (text: string) => void;
}

/** Calls that one kill hits. */
const AT_ONCE = 8;

/** Plays cells on one engine, victim after victim, and judges them 35 s after the last call. */
export async function playMatrix(options: MatrixOptions): Promise<MatrixResult> {
  const world = await World.start(options);
  try {
    const result = emptyResult(options.rounds ?? 1);
    const played = await playVictims(world, options, result);
    options.onPlayed?.();
    const left = options.looksForRest === false ? [] : await rest(world, options);
    await judgeAll({ played, left, result, say: options.say });
    if (result.cells.some(isRed)) await keepLog(world, options);
    return result;
  } finally {
    await world.close();
  }
}

async function playVictims(
  world: World,
  { cells, rounds = 1, say }: MatrixOptions,
  { readyMs }: MatrixResult
): Promise<PlayedCall[]> {
  const played: PlayedCall[] = [];
  for (const { name } of VICTIMS) {
    const own = Array.from({ length: rounds }, () => cells.filter(({ victim }) => victim === name)).flat();
    for (let first = 0; first < own.length; first += AT_ONCE) {
      const round = await playRound(world, name, own.slice(first, first + AT_ONCE));
      played.push(...round);
      const strike = round.find((call) => call.strike)?.strike;
      if (strike && name !== 'worker of two' && name !== 'bot left dead')
        (readyMs[name] ??= []).push(strike.readyAt - strike.from);
      say?.(`${name}: ${Math.min(first + AT_ONCE, own.length)} of ${own.length} calls`);
    }
  }
  return played;
}

/** What the engine's processes said, for whoever looks into red cells. */
async function keepLog({ engine }: World, { say }: MatrixOptions): Promise<void> {
  const file = path.join(tmpdir(), `test-crash-${process.pid}.log`);
  await writeFile(file, engine.output);
  say?.(`what the engine said: ${file}`);
}

async function rest(world: World, { cells, say }: MatrixOptions): Promise<string[]> {
  const restMs = restOf(cells);
  say?.(`waiting ${restMs / 1_000} s for what may be left`);
  await new Promise((resolve) => setTimeout(resolve, restMs));
  return residue(world);
}

async function judgeAll({
  played,
  left,
  result,
  say,
}: {
  played: readonly PlayedCall[];
  left: readonly string[];
  result: MatrixResult;
  say: MatrixOptions['say'];
}): Promise<void> {
  for (const one of played) {
    const own = left.filter((what) => isOf(one, what)).map((what) => `left: ${what}`);
    const cell = { ...one.call.cell, faults: [...judge(one), ...own], ...recovery(one) };
    result.cells.push(cell);
    say?.(lineOf(cell));
    await one.call.close();
  }
  result.left.push(...left.filter((what) => !played.some((one) => isOf(one, what))));
}

function isOf({ call }: PlayedCall, what: string): boolean {
  return (call.callId !== '' && what.includes(call.callId)) || what.includes(call.callerDialog.callId);
}
