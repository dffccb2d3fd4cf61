import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import type { ReceivedMessage } from '../support/sip-peer';
import { header, sdp, SipPeer } from '../support/sip-peer';
import { callThrough, isOf } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

let engine: Engine;
let bot: SipPeer;
let webhook: WebhookBot;
const callers: SipPeer[] = [];

beforeAll(async () => {
  bot = await SipPeer.open();
  webhook = await WebhookBot.open();
  engine = await Engine.start({ bot: bot.uri('bot'), webhook: webhook.url, channel: { takesDtmf: true } });
}, 60_000);

afterEach(async () => {
  await Promise.all(callers.splice(0).map((caller) => caller.close()));
});

afterAll(async () => {
  await engine.stop();
  await bot.close();
  await webhook.close();
}, 60_000);

async function newCaller(): Promise<SipPeer> {
  const caller = await SipPeer.open();
  callers.push(caller);
  return caller;
}

const to = 'sip:1000@127.0.0.1';
const isFinal = (message: ReceivedMessage): boolean => (message.status ?? 0) >= 200;
const callIdOf = (invite: ReceivedMessage): string => header(invite, 'X-Call-ID') ?? '';

describe('early media', () => {
  it('goes to the caller with the answer’s origin line, raised only when the answer differs', async () => {
    const caller = await newCaller();
    const dialog = caller.dial({ port: engine.sipPort }, { to, body: sdp() });
    const invite = await bot.expect('INVITE');
    bot.respond(invite, 183, { tag: 'early', body: sdp(1, 31000) });
    const early = await caller.expect(183);
    expect(early.body).toMatch(/^o=- \d+ 1 IN IP4/m);
    expect(early.body).toContain('m=audio 31000');
    const botDialog = bot.accept(invite, { tag: 'early', body: sdp(2, 31002) });
    const ok = await caller.expect(isFinal);
    expect(ok.body).toMatch(/^o=- \d+ 2 IN IP4/m);
    expect(/^o=- (\d+) /m.exec(ok.body)?.[1]).toBe(/^o=- (\d+) /m.exec(early.body)?.[1]);
    dialog.confirm(ok);
    dialog.ack();
    await bot.expect('ACK');
    botDialog.request('BYE');
    caller.respond(await caller.expect('BYE'), 200);
  });
});

describe('a bot that does not take the call', () => {
  it.each([302, 401, 404, 486, 500, 603])('with %i gives the caller 480 and a record that says so', async (status) => {
    const caller = await newCaller();
    caller.dial({ port: engine.sipPort }, { to, body: sdp() });
    const invite = await bot.expect('INVITE');
    bot.respond(invite, status);
    expect((await caller.expect(isFinal)).status).toBe(480);
    const { end } = await engine.recordOf(callIdOf(invite));
    expect(end).toMatchObject({ reasonCode: 'bot-unavailable', by: 'bot' });
    expect(end.reason).toContain(String(status));
  });

  it('with 503 gives the caller 503 and when to try again', async () => {
    const caller = await newCaller();
    caller.dial({ port: engine.sipPort }, { to, body: sdp() });
    bot.respond(await bot.expect('INVITE'), 503, { headers: [['Retry-After', '17']] });
    const refusal = await caller.expect(isFinal);
    expect([refusal.status, header(refusal, 'Retry-After')]).toEqual([503, '17']);
  });
});

describe('session timers', () => {
  it('are asked of the bot, with the longer session that it wants', async () => {
    const caller = await newCaller();
    const dialog = caller.dial({ port: engine.sipPort }, { to, body: sdp() });
    const first = await bot.expect('INVITE');
    expect(header(first, 'Session-Expires')).toBe('1800');
    expect(header(first, 'Supported')).toContain('timer');
    bot.respond(first, 422, { headers: [['Min-SE', '3600']] });
    const second = await bot.expect('INVITE');
    expect([header(second, 'Session-Expires'), header(second, 'Min-SE')]).toEqual(['3600', '3600']);
    expect(header(second, 'Call-ID')).toBe(header(first, 'Call-ID'));
    bot.accept(second, { body: sdp(1, 31000) });
    const ok = await caller.expect(isFinal);
    expect(header(ok, 'Session-Expires')).toBeUndefined();
    dialog.confirm(ok);
    dialog.ack();
    dialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
    await engine.recordOf(callIdOf(second));
  });

  it('are agreed with a caller that knows them, and 422 for one that wants too short a session', async () => {
    const caller = await newCaller();
    const timer: [string, string][] = [['Supported', 'timer']];
    caller.dial({ port: engine.sipPort }, { to, body: sdp(), headers: [...timer, ['Session-Expires', '30']] });
    const refusal = await caller.expect(isFinal);
    expect([refusal.status, header(refusal, 'Min-SE')]).toEqual([422, '90']);
    const call = await callThrough(engine, caller, bot, [...timer, ['Session-Expires', '600;refresher=uac']]);
    expect(header(call.okAtCaller, 'Session-Expires')).toBe('600;refresher=uac');
    call.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
    await engine.recordOf(call.callId);
  });
});

describe('an INVITE without an offer', () => {
  it('gets the bot’s offer in the 200, and the bot gets the ACK’s answer', async () => {
    const caller = await newCaller();
    const dialog = caller.dial({ port: engine.sipPort }, { to });
    const invite = await bot.expect('INVITE');
    expect(invite.body).toBe('');
    bot.accept(invite, { body: sdp(1, 31000) });
    const ok = await caller.expect(isFinal);
    expect(ok.body).toContain('m=audio 31000');
    dialog.confirm(ok);
    dialog.ack({ body: sdp(1, 21000) });
    const isOfThisCall = (message: ReceivedMessage): boolean =>
      header(message, 'Call-ID') === header(invite, 'Call-ID');
    const ack = await bot.expect((message) => message.method === 'ACK' && isOfThisCall(message));
    expect(ack.body).toContain('m=audio 21000');
    expect(ack.body).toMatch(/^o=- \d+ 1 IN IP4/m);
    dialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
    await engine.recordOf(callIdOf(invite));
  });
});

describe('an unusable offer', () => {
  it.each([
    ['hello', 'v=0'],
    ['v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n', 'media'],
    ['v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n', 'c='],
  ])('%j gets 488 with a Warning', async (body, fault) => {
    const caller = await newCaller();
    caller.dial({ port: engine.sipPort }, { to, body });
    const refusal = await caller.expect(isFinal);
    expect(refusal.status).toBe(488);
    expect(header(refusal, 'Warning')).toContain(fault);
  });

  it('of another type gets 415', async () => {
    const caller = await newCaller();
    caller.dial({ port: engine.sipPort }, { to, body: '<x/>', contentType: 'application/xml' });
    expect((await caller.expect(isFinal)).status).toBe(415);
  });
});

it('keeps two calls of one caller apart', async () => {
  const caller = await newCaller();
  const one = await callThrough(engine, caller, bot);
  const two = await callThrough(engine, caller, bot);
  expect(one.callId).not.toBe(two.callId);
  one.callerDialog.request('BYE');
  bot.respond(await bot.expect('BYE'), 200);
  expect((await engine.view(two.callId)).phase).toBe('conversing');
  two.callerDialog.request('BYE');
  bot.respond(await bot.expect('BYE'), 200);
});

it('leaves no bot ringing when the caller cancels just as the bot answers', async () => {
  const caller = await newCaller();
  const dialog = caller.dial({ port: engine.sipPort }, { to, body: sdp() });
  const invite = await bot.expect('INVITE');
  bot.respond(invite, 180, { tag: 'crossing' });
  await caller.expect(180);
  dialog.cancel();
  await caller.expect(487);
  await bot.expect('CANCEL');
  bot.accept(invite, { body: sdp(1, 31000), tag: 'crossing' });
  await bot.expect('ACK');
  bot.respond(await bot.expect('BYE'), 200);
  await expect(engine.recordOf(callIdOf(invite))).resolves.toMatchObject({ end: { reasonCode: 'caller-cancelled' } });
});

describe('while the call is up', () => {
  it('hold and resume go to the other side, whoever asks', async () => {
    const caller = await newCaller();
    const call = await callThrough(engine, caller, bot);
    const hold = `${sdp(2, 21000)}a=sendonly\r\n`;
    call.callerDialog.request('INVITE', { body: hold });
    const held = await bot.expect('INVITE');
    expect(held.body).toContain('a=sendonly');
    bot.respond(held, 200, { body: `${sdp(2, 31000)}a=recvonly\r\n`, headers: [['Contact', bot.contact]] });
    const answer = await caller.expect((message) => isOf(message, 'INVITE') && message.status === 200);
    expect(answer.body).toContain('a=recvonly');
    call.callerDialog.ack();
    await bot.expect('ACK');
    call.botDialog.request('INVITE', { body: sdp(3, 31000) });
    const resumed = await caller.expect('INVITE');
    caller.respond(resumed, 200, { body: sdp(3, 21000), headers: [['Contact', caller.contact]] });
    await bot.expect((message) => isOf(message, 'INVITE') && message.status === 200);
    call.botDialog.ack();
    await caller.expect('ACK');
    call.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
  });

  it('a re-INVITE without an offer gets the description again, and another answer in its ACK goes to the bot', async () => {
    const caller = await newCaller();
    const call = await callThrough(engine, caller, bot);
    call.callerDialog.request('INVITE');
    const offer = await caller.expect((message) => isOf(message, 'INVITE') && message.status === 200);
    expect(offer.body).toBe(call.okAtCaller.body);
    call.callerDialog.ack({ body: sdp(2, 21004) });
    const changed = await bot.expect('INVITE');
    expect(changed.body).toContain('m=audio 21004');
    bot.respond(changed, 200, { body: sdp(1, 31000), headers: [['Contact', bot.contact]] });
    await bot.expect('ACK');
    call.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
  });

  it('an UPDATE with an offer is answered with what the bot says to it, one without at once', async () => {
    const caller = await newCaller();
    const call = await callThrough(engine, caller, bot);
    call.callerDialog.request('UPDATE');
    expect((await caller.expect((message) => isOf(message, 'UPDATE') && isFinal(message))).status).toBe(200);
    call.callerDialog.request('UPDATE', { body: sdp(2, 21008) });
    const offer = await bot.expect('INVITE');
    expect(offer.body).toContain('m=audio 21008');
    bot.respond(offer, 200, { body: sdp(2, 31008), headers: [['Contact', bot.contact]] });
    const answer = await caller.expect((message) => isOf(message, 'UPDATE') && isFinal(message));
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('m=audio 31008');
    call.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
  });

  it('a refused offer is refused with the other side’s status and changes nothing', async () => {
    const caller = await newCaller();
    const call = await callThrough(engine, caller, bot);
    call.callerDialog.request('INVITE', { body: sdp(2, 21006) });
    bot.respond(await bot.expect('INVITE'), 488);
    expect((await caller.expect((message) => isOf(message, 'INVITE') && isFinal(message))).status).toBe(488);
    call.callerDialog.request('INVITE', { body: sdp(1, 21000) });
    expect((await caller.expect((message) => isOf(message, 'INVITE') && isFinal(message))).body).toBe(
      call.okAtCaller.body
    );
    call.callerDialog.ack();
    call.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
  });

  it('the caller’s digits reach the bot’s leg and its webhook', async () => {
    const caller = await newCaller();
    const call = await callThrough(engine, caller, bot);
    call.callerDialog.request('INFO', { body: 'Signal=5\r\nDuration=160\r\n', contentType: 'application/dtmf-relay' });
    bot.respond(await bot.expect('INFO'), 200);
    await caller.expect((message) => isOf(message, 'INFO'));
    expect(await webhook.expect(call.callId, 'DTMF')).toMatchObject({ value: '5' });
    call.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
  });

  it('the bot’s digits reach the caller, then its hangup with the reason on the wire', async () => {
    const caller = await newCaller();
    const call = await callThrough(engine, caller, bot);
    const dtmf = { type: 'event', name: 'sendDtmf', activityParams: { dtmfDigits: '42' } };
    const hangup = { type: 'event', name: 'hangup', activityParams: { hangupReason: 'all done' } };
    const posted = engine.post(call.callId, { activities: [dtmf, hangup] });
    for (const digit of ['4', '2']) {
      const info = await caller.expect('INFO');
      expect(info.body).toContain(`Signal=${digit}`);
      caller.respond(info, 200);
    }
    expect((await posted).status).toBe(200);
    const bye = await caller.expect('BYE');
    expect(header(bye, 'Reason')).toContain('all done');
    caller.respond(bye, 200);
    bot.respond(await bot.expect('BYE'), 200);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({ end: { by: 'bot', reason: 'all done' } });
  });
});
