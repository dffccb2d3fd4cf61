import { describe, expect, it } from '@jest/globals';
import type { BotStage } from '../support/bot-stage';
import { botStage } from '../support/bot-stage';
import type { Engine } from '../support/engine';
import type { ReceivedMessage, SipPeer } from '../support/sip-peer';
import { header, sdp } from '../support/sip-peer';
import { callThrough, isOf } from '../support/transfer-call';
import type { WebhookBot } from '../support/webhook-bot';

let engine: Engine;
let bot: SipPeer;
let webhook: WebhookBot;
let newCaller: BotStage['newCaller'];

botStage((stage) => ({ engine, bot, webhook, newCaller } = stage), { channel: { takesDtmf: true } });

const isFinal = (message: ReceivedMessage): boolean => (message.status ?? 0) >= 200;

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
