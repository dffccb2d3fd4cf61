import { describe, expect, it } from '@jest/globals';
import type { BotStage } from '../support/bot-stage';
import { botStage } from '../support/bot-stage';
import type { Engine } from '../support/engine';
import type { ReceivedMessage, SipPeer } from '../support/sip-peer';
import { header, sdp } from '../support/sip-peer';
import { callThrough } from '../support/transfer-call';

let engine: Engine;
let bot: SipPeer;
let newCaller: BotStage['newCaller'];

botStage((stage) => ({ engine, bot, newCaller } = stage));

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
