import path from 'node:path';
import { expect, it } from '@jest/globals';
import { nameOf, selectCells } from './cells';
import { playMatrix } from './matrix';
import type { WorldOptions } from './world';

/** An engine that lost something keeps its peers waiting; they need not wait for long to see it. */
const PATIENCE_MS = 20_000;

/** What is wrong with each of these cells. */
async function faultsOf(
  patterns: readonly string[],
  builds: NonNullable<WorldOptions['builds']>
): Promise<Record<string, string>> {
  const cells = patterns.flatMap(selectCells);
  const result = await playMatrix({ cells, builds, patienceMs: PATIENCE_MS, looksForRest: false });
  return Object.fromEntries(result.cells.map((cell) => [nameOf(cell), cell.faults.join('; ')]));
}

const build = (name: string): string => path.join(__dirname, 'processes', name);
const saying = (text: string): string => expect.stringContaining(text) as unknown as string;

it('the matrix notices a worker without effect ids', async () => {
  const red = {
    'REFER sent/worker/REFER': saying('2 × REFER at the caller'),
    'target ringing/worker/INVITE': saying('2 × INVITE at the target'),
  };
  expect(await faultsOf(Object.keys(red), { worker: build('effectless-worker.js') })).toEqual(red);
}, 200_000);

it('the matrix notices a SIP server without an inbox', async () => {
  const red = {
    'REFER sent/Temporal/REFER': saying('NOTIFY was not answered'),
    'grace timer/Temporal/REFER': saying('BYE was not answered'),
    'connected/Temporal/INVITE': saying('BYE was not answered'),
  };
  expect(await faultsOf(Object.keys(red), { sipServer: build('forgetful-sip-server.js') })).toEqual(red);
}, 200_000);
