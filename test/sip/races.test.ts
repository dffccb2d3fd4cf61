import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import type { ReceivedMessage } from '../support/sip-peer';
import { header, sdp, SipPeer } from '../support/sip-peer';
import { callThrough, isOf } from '../support/transfer-call';

let engine: Engine;
let bot: SipPeer;

beforeAll(async () => {
  bot = await SipPeer.open();
  engine = await Engine.start({ bot: bot.uri('bot') });
});

afterAll(async () => {
  await engine.stop();
  await bot.close();
});

const isFinalInvite = (message: ReceivedMessage): boolean => isOf(message, 'INVITE') && (message.status ?? 0) >= 200;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('refuses the bot’s offer with 491 while the caller’s is on its way to it, and passes the caller’s on', async () => {
  const caller = await SipPeer.open();
  const call = await callThrough(engine, caller, bot);
  call.callerDialog.request('INVITE', { body: sdp(2, 21010) });
  const offer = await bot.expect('INVITE');
  call.botDialog.request('INVITE', { body: sdp(2, 31010) });
  expect((await bot.expect(isFinalInvite)).status).toBe(491);
  call.botDialog.ack();
  bot.respond(offer, 200, { body: sdp(2, 31012), headers: [['Contact', bot.contact]] });
  const answer = await caller.expect((message) => isFinalInvite(message) && message.body.includes('31012'));
  expect(answer.status).toBe(200);
  call.callerDialog.ack();
  call.callerDialog.request('BYE');
  bot.respond(await bot.expect('BYE'), 200);
  await engine.recordOf(call.callId);
  await caller.close();
});

it('leaves nobody ringing or talking to nobody, whenever the caller cancels', async () => {
  const BOT_ANSWERS_AFTER_MS = 40;
  const invites = new Map<string, ReceivedMessage>();
  const ended = new Set<string>();
  bot.whenever('INVITE', (invite) => {
    const sipCallId = header(invite, 'Call-ID') ?? '';
    invites.set(sipCallId, invite);
    bot.respond(invite, 180, { tag: 'racing' });
    setTimeout(() => {
      if (!ended.has(sipCallId)) bot.accept(invite, { body: sdp(1, 31000), tag: 'racing' });
    }, BOT_ANSWERS_AFTER_MS);
  });
  bot.whenever('CANCEL', (cancel) => {
    const sipCallId = header(cancel, 'Call-ID') ?? '';
    const invite = invites.get(sipCallId);
    bot.respond(cancel, 200);
    if (invite && !ended.has(sipCallId)) bot.respond(invite, 487, { tag: 'racing' });
    ended.add(sipCallId);
  });
  bot.whenever('BYE', (bye) => {
    bot.respond(bye, 200);
    ended.add(header(bye, 'Call-ID') ?? '');
  });

  const before = (await engine.records()).length;
  const moments = Array.from({ length: 30 }, (_, i) => i * 6);
  for (const afterMs of moments) await cancelAfter(afterMs);

  expect(await engine.openWorkflows()).toEqual([]);
  expect(await engine.records()).toHaveLength(before + moments.length);
  expect([...invites.keys()].filter((sipCallId) => !ended.has(sipCallId))).toEqual([]);
});

/** Dials, cancels after so many ms, and hangs up where the answer won. */
async function cancelAfter(afterMs: number): Promise<void> {
  const caller = await SipPeer.open();
  const dialog = caller.dial({ port: engine.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
  await caller.expect(100);
  await pause(afterMs);
  dialog.cancel();
  const final = await caller.expect(isFinalInvite);
  dialog.confirm(final);
  if (final.status === 200) {
    dialog.ack();
    dialog.request('BYE');
    await caller.expect((message) => isOf(message, 'BYE'));
  }
  const callId = /tag=([a-z2-7]{16})-/.exec(header(final, 'To') ?? '')?.[1];
  if (callId !== undefined) await engine.recordOf(callId);
  else await engine.openWorkflows();
  await caller.close();
}
