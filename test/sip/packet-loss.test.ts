import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { CallId } from '../../contracts/ids';
import { eventually } from '../support/eventually';
import { LossyNetwork } from '../support/lossy-network';
import { SipPeer } from '../support/sip-peer';
import { VariedCalls } from '../support/varied-calls';
import { variedEngine } from '../support/varied-engine';
import type { VariedEngine } from '../support/varied-engine';

/** `LOSSY_CALLS=500 npm test -- --selectProjects sip --testPathPatterns packet-loss` for the long one; `PACKET_SEED` repeats a run. */
const CALLS = Number(process.env['LOSSY_CALLS'] ?? 60);
const SEED = Number(process.env['PACKET_SEED'] ?? randomInt(2 ** 31));
const AT_ONCE = 12;

/** Several repetitions of a lost message, up to 4 s apart, and what waits for them. */
const LIMIT_MS = 60_000;

const network = new LossyNetwork(SEED, { lost: 0.05, doubled: 0.05, late: 0.05 });
let on: VariedEngine;
let bot: SipPeer;

beforeAll(async () => {
  bot = await SipPeer.openReliable();
  bot.shownUri = `sip:bot@127.0.0.1:${await network.wayTo(bot.port)}`;
  on = await variedEngine(bot.shownUri);
});

afterAll(async () => {
  await on.close();
  await network.close();
  await bot.close();
});

async function metric(name: string): Promise<number> {
  const text = await (await on.engine.control('/metrics')).text();
  const values = [...text.matchAll(new RegExp(`^sip_server_${name}\\{[^}]*\\} (\\d+)$`, 'gm'))];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

it(
  `ends every call as it should while one datagram in 20 is lost, doubled or late (PACKET_SEED=${SEED})`,
  async () => {
    const { engine, webhook } = on;
    const calls = new VariedCalls({
      ...{ engine, webhook, bot, openPeer: () => SipPeer.openReliable() },
      sipPort: await network.wayTo(engine.sipPort),
      wayTo: ({ port }) => network.wayTo(port),
      random: Math.random,
      limitMs: LIMIT_MS,
    });
    const startedAt = Date.now();
    const results = await calls.run(CALLS, AT_ONCE);
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    if (process.env['LOSSY_CALLS'] !== undefined)
      console.log(JSON.stringify({ SEED, CALLS, seconds, ...network.counts }));

    const records = await engine.records();
    const reasons = new Map(records.map(({ callId, end }) => [callId, end.reasonCode]));
    expect(results.map(({ callId }) => [callId, reasons.get(callId as CallId)])).toEqual(
      results.map(({ callId, expected }) => [callId, expected])
    );
    expect(results.filter(({ notOnce }) => notOnce.length > 0)).toEqual([]);
    expect(records).toHaveLength(CALLS);
    await eventually(async () => (await engine.openWorkflows()).length === 0, 'no workflow is left');
    expect(Math.min(network.counts.lost, network.counts.doubled, network.counts.late)).toBeGreaterThan(CALLS / 4);
    await eventually(async () => (await metric('dialogs')) === 0, 'no dialog is left');
    await eventually(async () => (await metric('transactions')) === 0, 'no transaction is left');
  },
  180_000 + CALLS * 2_000
);
