import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { header, sdp, SipPeer, tagIn } from '../support/sip-peer';
import type { ReceivedMessage } from '../support/sip-peer';

/** Workers ping every 5 s, and the SIP server waits for two and a half of that. */
const NOTICED_MS = 40_000;

let engine: Engine;
let bot: SipPeer;
const callers: SipPeer[] = [];

beforeAll(async () => {
  bot = await SipPeer.open();
  bot.whenever('INVITE', (invite) => bot.accept(invite, { body: sdp(1, 31000) }));
  engine = await Engine.start({ bot: bot.uri('bot') });
});

afterAll(async () => {
  await engine.stop();
  await Promise.all([bot, ...callers].map((peer) => peer.close()));
});

async function answered(): Promise<ReceivedMessage> {
  const caller = await SipPeer.open();
  callers.push(caller);
  const call = caller.dial({ port: engine.sipPort }, { body: sdp(), to: `sip:1000@127.0.0.1:${engine.sipPort}` });
  const ok = await caller.expect(200, { withinMs: NOTICED_MS });
  call.confirm(ok).ack();
  return ok;
}

it('a worker that hangs leaves its new calls to the next one, which answers them all', async () => {
  await engine.startWorker();
  // Two pings tell the SIP server how often the first one pings.
  await new Promise((resolve) => setTimeout(resolve, 11_000));
  engine.worker.hang();
  const answers = await Promise.all(Array.from({ length: 6 }, () => answered()));
  expect(answers.map((ok) => tagIn(header(ok, 'To')))).toEqual(answers.map(() => expect.stringMatching(/-caller-0$/)));
  expect(bot.count('INVITE')).toBe(6);
});
