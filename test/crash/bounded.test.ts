import path from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { nameOf, selectCells } from './cells';
import { playMatrix } from './matrix';
import type { MatrixResult } from './result';
import type { WorldOptions } from './world';

/** One of each kind; the whole matrix is `npm run test:crash`. */
const CELLS = [
  'answering/worker/REFER',
  'REFER sent/worker/REFER',
  'target ringing/worker/INVITE',
  'final NOTIFY/worker/REFER, busy',
  'NOTIFY 180/worker of two/REFER',
  'target answered/worker of two/INVITE',
  'back with the bot/worker of two/INVITE, busy',
  'bot ringing/SIP server/REFER',
  're-INVITE caller/SIP server/INVITE',
  'last BYE/SIP server/REFER',
  'bot taken back/SIP server/INVITE, undone',
  'REFER accepted/Temporal/REFER',
  'connected/Temporal/INVITE',
  'telling the bot/worker and bot/REFER',
  're-INVITE bot/worker and bot/INVITE',
].flatMap(selectCells);

/** A SIP server that forgets requests keeps its peers waiting; they need not wait for long to see it. */
const PATIENCE_MS = 20_000;

const saying = (text: string): string => expect.stringContaining(text) as unknown as string;

/** Cells that a worker without effect ids turns red, and with what. */
const WITHOUT_EFFECT_IDS = {
  'REFER sent/worker/REFER': saying('2 × REFER at the caller'),
  'target ringing/worker/INVITE': saying('2 × INVITE at the target'),
};

/** The same of a SIP server without an inbox. */
const WITHOUT_INBOX = {
  'REFER sent/Temporal/REFER': saying('NOTIFY was not answered'),
  'grace timer/Temporal/REFER': saying('BYE was not answered'),
  'connected/Temporal/INVITE': saying('BYE was not answered'),
};

type Faults = Record<string, string>;

let result: MatrixResult;
let effectless: Faults;
let forgetful: Faults;

/** While the first engine is watched for what it may leave, the others play. */
beforeAll(async () => {
  let onPlayed!: () => void;
  const played = new Promise<void>((resolve) => (onPlayed = resolve));
  const whole = playMatrix({ cells: CELLS, onPlayed });
  await Promise.race([played, whole]);
  [effectless, forgetful, result] = await Promise.all([
    faultsOf(WITHOUT_EFFECT_IDS, { builds: { worker: build('effectless-worker.js') }, breaksOff: true }),
    faultsOf(WITHOUT_INBOX, { builds: { sipServer: build('forgetful-sip-server.js') }, patienceMs: PATIENCE_MS }),
    whole,
  ]);
}, 500_000);

it.each(CELLS.map(nameOf))('survives %s', (name) => {
  expect(result.cells.find((cell) => nameOf(cell) === name)?.faults).toEqual([]);
});

it('leaves nothing behind', () => {
  expect(result.left).toEqual([]);
});

it('notices a worker without effect ids', () => {
  expect(effectless).toEqual(WITHOUT_EFFECT_IDS);
});

it('notices a SIP server without an inbox', () => {
  expect(forgetful).toEqual(WITHOUT_INBOX);
});

/** What is wrong with each of these cells in another world. */
async function faultsOf(cells: object, world: WorldOptions): Promise<Faults> {
  const options = { ...world, looksForRest: false };
  const { cells: results } = await playMatrix({ cells: Object.keys(cells).flatMap(selectCells), ...options });
  return Object.fromEntries(results.map((cell) => [nameOf(cell), cell.faults.join('; ')]));
}

function build(name: string): string {
  return path.join(__dirname, 'processes', name);
}
