import { beforeAll, expect, it } from '@jest/globals';
import { nameOf, selectCells } from './cells';
import { playMatrix } from './matrix';
import type { MatrixResult } from './result';

/** One of each kind; the whole matrix is `npm run test:crash`. */
const CELLS = [
  'answering/worker/REFER',
  'REFER sent/worker/REFER',
  'target ringing/worker/INVITE',
  'NOTIFY 180/worker of two/REFER',
  'target answered/worker of two/INVITE',
  'bot ringing/SIP server/REFER',
  're-INVITE caller/SIP server/INVITE',
  'last BYE/SIP server/REFER',
  'REFER accepted/Temporal/REFER',
  'connected/Temporal/INVITE',
  'telling the bot/bot/REFER',
  're-INVITE bot/bot/INVITE',
].flatMap(selectCells);

let result: MatrixResult;

beforeAll(async () => {
  result = await playMatrix({ cells: CELLS });
}, 400_000);

it.each(CELLS.map(nameOf))('survives %s', (name) => {
  expect(result.cells.find((cell) => nameOf(cell) === name)?.faults).toEqual([]);
});

it('leaves nothing behind', () => {
  expect(result.left).toEqual([]);
});
