import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { CallId } from '../../contracts/ids';
import { SipPeer } from '../support/sip-peer';
import { variedEngine } from '../support/varied-engine';
import type { VariedEngine } from '../support/varied-engine';
import { VariedCalls } from '../support/varied-calls';

/** `LOAD_CALLS=500 npm test -- --selectProjects sip --testPathPatterns load` for the long one. */
const CALLS = Number(process.env['LOAD_CALLS'] ?? 60);
const AT_ONCE = 12;

let on: VariedEngine;
let bot: SipPeer;

beforeAll(async () => {
  bot = await SipPeer.open();
  on = await variedEngine(bot.uri('bot'));
});

afterAll(async () => {
  await on.close();
  await bot.close();
});

it(
  'ends every one of many calls as it should, with one record each and nothing left behind',
  async () => {
    const { engine, webhook } = on;
    const calls = new VariedCalls({
      ...{ engine, webhook, bot, sipPort: engine.sipPort },
      openPeer: () => SipPeer.open(),
      wayTo: ({ port }) => Promise.resolve(port),
      random: Math.random,
      limitMs: 40_000,
    });
    const results = await calls.run(CALLS, AT_ONCE);

    const records = await engine.records();
    const reasons = new Map(records.map(({ callId, end }) => [callId, end.reasonCode]));
    expect(results.map(({ callId }) => [callId, reasons.get(callId as CallId)])).toEqual(
      results.map(({ callId, expected }) => [callId, expected])
    );
    expect(results.filter(({ notOnce }) => notOnce.length > 0)).toEqual([]);
    expect(records).toHaveLength(CALLS);
    expect(await engine.openWorkflows()).toEqual([]);
    expect(engine.worker.log()).not.toMatch(/"level":(50|60)/);
  },
  60_000 + CALLS * 1_000
);
