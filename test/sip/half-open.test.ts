import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { SipPeer } from '../support/sip-peer';
import { TcpWay } from '../support/tcp-way';
import { callThrough, isOf } from '../support/transfer-call';

const NOTICED = { withinMs: 60_000 };

let way: TcpWay;
let engine: Engine;
let bot: SipPeer;
let caller: SipPeer;

beforeAll(async () => {
  way = await TcpWay.open();
  bot = await SipPeer.open();
  caller = await SipPeer.open();
  engine = await Engine.start({ bot: bot.uri('bot'), wayToSipServer: way.leadTo });
});

afterAll(async () => {
  await engine.stop();
  await Promise.all([bot, caller].map((peer) => peer.close()));
  await way.close();
});

it('a worker whose network to the SIP server goes silent connects again, and misses nothing', async () => {
  const call = await callThrough(engine, caller, bot);
  way.fallSilent();
  call.callerDialog.request('BYE');
  await caller.expect((message) => isOf(message, 'BYE') && message.status === 200, NOTICED);
  bot.respond(await bot.expect('BYE', NOTICED), 200);
  await expect(engine.recordOf(call.callId, NOTICED.withinMs)).resolves.toMatchObject({
    end: { reasonCode: 'client-disconnected', by: 'caller' },
  });
  expect(bot.count('BYE')).toBe(1);
  const next = await callThrough(engine, caller, bot);
  next.callerDialog.request('BYE');
  bot.respond(await bot.expect('BYE'), 200);
  await engine.recordOf(next.callId);
});
