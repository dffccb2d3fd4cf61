import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { WAIT_LIMIT_MS } from '../support/limits';
import { header, sdp, SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, transferTo } from '../support/transfer-call';
import { metricOf } from '../support/worker-metrics';

const ALLOWED = 'sip:agent@127.0.0.1:5998';

describe('transfers that are refused before anything is sent', () => {
  let engine: Engine;
  let bot: SipPeer;
  let caller: SipPeer;
  let metrics: string;
  let call: Pick<CallThroughEngine, 'callId'>;

  beforeAll(async () => {
    metrics = `127.0.0.1:${await freePort()}`;
    [bot, caller] = [await SipPeer.open(), await SipPeer.open()];
    engine = await Engine.start({
      bot: bot.uri('bot'),
      trunk: { allowTargets: ['@127.0.0.1'] },
      channel: { botId: `refusals-${bot.port}-${Date.now()}`, attemptsPerHour: 1 },
      more: {
        trunks: [
          { id: 'hostless', login: '2000', sources: ['127.0.0.1'], allowTargets: ['+49'], transferMethod: 'invite' },
        ],
        channels: [{ botId: 'hostless-bot', trunk: 'hostless', leg: bot.uri('bot') }],
      },
      env: { DURABLE_CALLS_METRICS: metrics },
    });
  });

  afterAll(async () => {
    await engine.stop();
    await bot.close();
    await caller.close();
  });

  const counted = (reason: string, trunk = 'trunk'): Promise<number> =>
    metricOf(metrics, 'durable_calls_transfers_refused', { reason, trunk });
  const asked = async (target: string, { callId } = call): Promise<number> =>
    (await engine.post(callId, transferTo(target))).status;

  it('are counted by reason', async () => {
    call = await callThrough(engine, caller, bot);
    expect(await asked('sip:agent@elsewhere.example')).toBe(422);
    await eventually(async () => (await counted('target')) === 1, 'the count of denied targets');
    expect(await asked(ALLOWED)).toBe(200);
    const refer = await caller.expect('REFER');
    expect(await asked('sip:other@127.0.0.1:5998')).toBe(409);
    await eventually(async () => (await counted('in-progress')) === 1, 'the count of second transfers');
    caller.respond(refer, 603);
    await eventually(async () => (await engine.view(call.callId)).phase === 'conversing', 'the bot has the call');
    expect(await asked(ALLOWED)).toBe(200);
    await eventually(async () => (await counted('budget')) === 1, 'the count of a budget that is used up');
    for (const reason of ['target', 'in-progress', 'budget'])
      expect([reason, await counted(reason)]).toEqual([reason, 1]);
    expect(await counted('trunk')).toBe(0);
  });

  it('are counted for calls and trunks that cannot carry them', async () => {
    caller.dial({ port: engine.sipPort }, { to: `sip:2000@127.0.0.1:${engine.sipPort}`, body: sdp() });
    const ringing = await bot.expect('INVITE', { withinMs: WAIT_LIMIT_MS });
    expect(await asked('+4930111', { callId: header(ringing, 'X-Call-ID')! })).toBe(409);
    await eventually(async () => (await counted('not-ready', 'hostless')) === 1, 'the count of calls not ready');
    bot.respond(ringing, 486);
    await caller.expect(480, { withinMs: WAIT_LIMIT_MS });

    call = await callThrough(engine, caller, bot, [], '2000');
    expect(await asked('+4930111')).toBe(200);
    await eventually(async () => (await counted('trunk', 'hostless')) === 1, 'the count of trunks that cannot');
    const { phase, transfers } = await engine.view(call.callId);
    expect([phase, transfers[0]?.outcome?.reason]).toEqual(['conversing', 'the trunk has no host to send numbers to']);
  });
});
