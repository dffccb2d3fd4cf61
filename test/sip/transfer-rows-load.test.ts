import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PLAYS, playAll } from '../support/transfer-rows/run';
import { Stage } from '../support/transfer-rows/stage';

/** `ROWS_CALLS=300 npm test -- --selectProjects sip --testPathPatterns transfer-rows-load` for the long one. */
const CALLS = Number(process.env['ROWS_CALLS'] ?? 20);
const LIMIT_MS = 120_000 + CALLS * 3_000;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterAll(() => stage.close());

it(
  'gives transfers against peers of every kind, at random, the outcome of the table and one record each, and leaves nothing behind',
  async () => {
    const drawn = Array.from({ length: CALLS }, () => PLAYS[Math.floor(Math.random() * PLAYS.length)]!);
    const judged = await playAll(stage, drawn);
    expect(judged.flatMap(({ row, fault }) => (fault === undefined ? [] : [`${row.id}: ${fault}`]))).toEqual([]);
    const records = (await stage.engine.records()).map(({ callId }) => callId).toSorted();
    expect(records).toEqual(judged.map(({ callId }) => callId).toSorted());
    expect(await stage.engine.openWorkflows()).toEqual([]);
  },
  LIMIT_MS
);
