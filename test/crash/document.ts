import type { CellResult, MatrixResult } from './result';
import { isRed } from './result';
import { pauseAt, STEPS } from './steps';
import type { TransferName } from './transfers';
import { TRANSFER_NAMES, TRANSFERS } from './transfers';
import type { VictimName } from './victims';
import { VICTIMS } from './victims';

/** What a call should go on within, in ms: after a restart, or with another worker running. */
const AIMS_MS: Partial<Record<VictimName, number>> = {
  worker: 2_000,
  'worker of two': 1_000,
  'SIP server': 2_000,
  Temporal: 2_000,
  engine: 2_000,
};

/** docs/survival.md, but for its form. */
export function survivalDocument(result: MatrixResult): string {
  return `# Survival

Each process of the engine, the bot, and several of them at once are killed with \`kill -9\` at each step of a call with a transfer, by REFER and by INVITE; where the first attempt fails, the bot has the caller back and asks for the next. This page is made from [survival.json](survival.json), the result of a run.

\`\`\`
npm run test:crash                                    # all cells
npm run test:crash -- --only "REFER sent/worker"      # step/victim/transfer, * for any
npm run test:crash -- --rounds 3 --json result.json   # exit code 1 when a cell is red
\`\`\`

\`npm test\` plays fifteen of the cells, and shows that the matrix can fail (\`crash/bounded\`): without effect ids or without the inbox, cells turn red.

## Cells

${result.cells.length} calls, ${result.cells.filter(isRed).length} red. ✓ with the median time until the call went on, in seconds; without a time nothing was due at once that the peers could see.

${cellTable(result.cells)}
${redCells(result)}
## Recovery

From the start of the process that takes over (of two workers: from the kill) until the peers see the call go on: their pending request is answered, and what the bot asks for next is on the wire. Up to eight calls are hit by one kill. ${result.rounds} × each cell, on a machine with ${result.cores} cores and, from other work, a load average of ${result.load} at the start (niceness of the run: ${result.nice}).

${recoveryTable(result)}

A worker that starts spends its time on loading: the modules of Temporal's SDK, once for the process and once for the thread that runs workflows. It takes what waits in the SIP server while that thread still loads. A second worker of the node spares calls the wait.

While Temporal is away, Temporal's SDK asks for tasks again in ever longer pauses, up to 10 s, which cannot be set. So the worker has the SDK connect to a port of its own process, where the connection waits until Temporal is back; what calls then wait for is most of all the start of the Temporal server itself.

Without any worker for \`ownerGraceMs\` ([10 s](sip-server.md)) the SIP server refuses callers that still wait for an answer with 503, and ends legs whose 200 nobody has acknowledged; [reconciliation](operations.md#reconciliation) ends what is left of their calls. In the matrix it waits for 30 s, since a worker may need more than 10 s to start on a machine that other work keeps busy. Reconciliation runs after each restart and leaves alone what is younger than 5 s.

Nothing in a call waits for a bot that is away; one that is left dead is told of the end for a minute, and its leg gets BYE for 32 s. When a SIP bot dies while it rings, the caller hears nothing more from it and hangs up, or gets 480 after a minute. When it dies while caller and target are being joined, and they cannot be, nobody is left to have the caller back: the call ends as \`bot-disconnected\`.

## Steps

${table(
  ['step', 'when somebody is killed'],
  STEPS.map(({ name, moment }) => [name, moment])
)}

A peer that leaves something unanswered, or the worker stopped at a named point by a build for tests, holds the call at its step.

## Transfers

${table(
  ['transfer', 'what its peers do'],
  TRANSFERS.map(({ name, does }) => [name, does])
)}

## Who is killed

${table(
  ['who', 'what is done'],
  VICTIMS.map(({ name, does }) => [name, does])
)}

## What is judged

At the captures of the peers, which send again what gets no answer as RFC 3261 says:

- the caller's dialog is up until the caller hangs up, or nobody is left to talk with
- one INVITE at the bot, one REFER or one INVITE at the target for each attempt, re-INVITEs as often as the join needs them; retransmissions do not count
- after an attempt that failed the bot hears the caller, and what it asks for next is carried out
- one \`start\`, one \`transferStatus\` for each attempt, one \`conversationEnd\` at the webhook, by event id
- caller and target have each other's media; versions of descriptions rise one by one
- the bot's grace is not cut short
- one call record, by its key, \`transferred\`, with all attempts and their outcomes
- Temporal away: NOTIFY, INFO and BYE are answered meanwhile; a new call gets 503 with Retry-After
- 35 s after the last call: no dialog, transaction or waiting request in the SIP server, no open workflow
`;
}

function cellTable(cells: readonly CellResult[]): string {
  const rows = STEPS.flatMap(({ name }) =>
    TRANSFER_NAMES.filter((transfer) => pauseAt(name, transfer)).map((transfer) => [
      name,
      transfer,
      ...VICTIMS.map((victim) => cellText(cells.filter((cell) => isIn(cell, name, transfer, victim.name)))),
    ])
  );
  return table(['step', 'transfer', ...VICTIMS.map(({ name }) => name)], rows);
}

function isIn(cell: CellResult, step: string, transfer: TransferName, victim: VictimName): boolean {
  return cell.step === step && cell.transfer === transfer && cell.victim === victim;
}

function cellText(results: readonly CellResult[]): string {
  if (results.length === 0) return 'not run';
  if (results.some(isRed)) return '**red**';
  const ms = median(results.flatMap(({ recoveredMs }) => recoveredMs ?? []));
  return ms === undefined ? '✓' : `✓ ${seconds(ms)}`;
}

function redCells({ cells, left }: MatrixResult): string {
  const red = cells
    .filter(isRed)
    .map(({ step, victim, transfer, faults }) => `- ${step} / ${victim} / ${transfer}: ${faults.join('; ')}`);
  const lines = [...red, ...left.map((what) => `- left behind: ${what}`)];
  return lines.length === 0 ? '' : `\n### Not green\n\n${lines.join('\n')}\n`;
}

function recoveryTable({ cells, readyMs }: MatrixResult): string {
  const rows = VICTIMS.filter(({ name }) => AIMS_MS[name] !== undefined).map(({ name }) => {
    const times = cells.flatMap(({ victim, recoveredMs }) => (victim === name ? (recoveredMs ?? []) : []));
    const ready = median(readyMs[name] ?? []);
    const known = times.length === 0 ? undefined : Math.max(...times);
    return [name, seconds(median(times)), seconds(known), seconds(AIMS_MS[name]), seconds(ready), String(times.length)];
  });
  return table(['who', 'median, s', 'slowest, s', 'aim, s', 'process ready after, s', 'calls'], rows);
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '' : (ms / 1000).toFixed(1);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
