import type { Judged } from './judge';
import { judgeRow, prepareRow } from './judge';
import { SCRIPTS } from './scripts';
import type { RowScript } from './script';
import type { Stage } from './stage';
import type { TransferRow } from './table';
import { TRANSFER_ROWS } from './table';

/** Calls at the same time: as many as a busy machine sets up without refusing any. */
const LANES = 6;
/** Calls that lose their worker together. */
const WAVE = 17;

export interface Play {
  row: TransferRow;
  script: RowScript;
}

/** Those that wait for timers come last, and of these those whose REFER must not be answered late. */
export const PLAYS: readonly Play[] = TRANSFER_ROWS.flatMap((row) =>
  (SCRIPTS[row.id] ?? []).map((script) => ({ row, script }))
).toSorted((a, b) => lateness(a) - lateness(b));

function lateness({ script: { dialled = '1000' } }: Play): number {
  return ['1001', '1007', '1005'].indexOf(dialled);
}

/** Plays each, some at a time. */
export async function playAll(stage: Stage, plays: readonly Play[]): Promise<Judged[]> {
  const results: Judged[] = [];
  await inLanes(plays, async ({ row, script }) => {
    results.push(await judgeRow(await prepareRow(stage, row, script)));
  });
  return results;
}

/** Plays one script of each row; the worker is killed when the REFERs of a wave have come. */
export async function playAllWithoutTheirWorker(stage: Stage, plays: readonly Play[]): Promise<Judged[]> {
  const waiting = plays.filter(({ row }, i) => plays.findIndex((other) => other.row === row) === i);
  const results: Judged[] = [];
  let worker = stage.engine.worker;
  while (waiting.length > 0) {
    const prepared: Awaited<ReturnType<typeof prepareRow>>[] = [];
    await inLanes(waiting.splice(0, WAVE), async ({ row, script }) => {
      prepared.push(await prepareRow(stage, row, script));
    });
    await worker.kill();
    worker = await stage.engine.startWorker();
    results.push(...(await Promise.all(prepared.map(judgeRow))));
  }
  return results;
}

async function inLanes<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
