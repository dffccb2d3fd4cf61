import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Judged } from '../support/transfer-rows/judge';
import { PLAYS, playAll, playAllWithoutTheirWorker } from '../support/transfer-rows/run';
import { Stage } from '../support/transfer-rows/stage';
import { TRANSFER_ROWS } from '../support/transfer-rows/table';

const LIMIT_MS = 400_000;

describe.each([
  { name: 'each row of the table', play: playAll },
  { name: 'each row, its worker killed once the REFER was sent', play: playAllWithoutTheirWorker },
])('$name', ({ play }) => {
  let stage: Stage;
  let judged: Judged[];

  beforeAll(async () => {
    stage = await Stage.open();
    judged = await play(stage, PLAYS);
  }, LIMIT_MS);

  afterAll(async () => {
    await stage.close();
  }, LIMIT_MS);

  it.each(TRANSFER_ROWS.map((row) => [row.id, row.peer] as const))('%s: %s', (id) => {
    const ofRow = judged.filter(({ row }) => row.id === id);
    expect(ofRow.length).toBeGreaterThan(0);
    expect(ofRow.flatMap(({ fault }) => (fault === undefined ? [] : [fault]))).toEqual([]);
  });

  it('leaves no workflow behind', async () => {
    expect(await stage.engine.openWorkflows()).toEqual([]);
  });
});
