import { describe, expect, it } from '@jest/globals';
import type { BotStage } from '../support/bot-stage';
import { botStage } from '../support/bot-stage';
import type { Engine } from '../support/engine';
import type { ReceivedMessage, SipPeer } from '../support/sip-peer';
import { header, sdp } from '../support/sip-peer';
import { callThrough, isOf, notify, transferTo } from '../support/transfer-call';
import type { WebhookBot } from '../support/webhook-bot';

const GRACE_MS = 700;

let engine: Engine;
let bot: SipPeer;
let webhook: WebhookBot;
let newCaller: BotStage['newCaller'];

botStage((stage) => ({ engine, bot, webhook, newCaller } = stage), {
  trunk: { passHeaders: ['X-Customer'], allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'] },
});

/** BYEs at the bot in the dialog of this INVITE. */
function byesOf(invite: ReceivedMessage): unknown[] {
  return bot.log.filter(
    ({ message }) => message.method === 'BYE' && header(message, 'Call-ID') === header(invite, 'Call-ID')
  );
}

describe('set-up', () => {
  it('calls the bot with the call’s id and API, the caller’s number, the dialled number and the passed headers', async () => {
    const caller = await newCaller();
    const { inviteAtBot, callId, callerDialog } = await callThrough(engine, caller, bot, [['X-Customer', '42']]);
    expect(callId).toMatch(/^[a-z2-7]{16}$/);
    expect(header(inviteAtBot, 'X-Call-API')).toBe(`http://127.0.0.1:${engine.apiPort}/v1/calls/${callId}`);
    expect(header(inviteAtBot, 'From')).toContain('sip:caller@');
    expect(header(inviteAtBot, 'P-Called-Party-ID')).toContain('sip:1000@');
    expect(header(inviteAtBot, 'X-Customer')).toBe('42');
    expect(header(inviteAtBot, 'X-Effect-Id')).toBeUndefined();
    callerDialog.request('BYE');
    await caller.expect(200);
    await bot.expect('BYE');
  });

  it('passes 180 on, and puts an origin of its own into every description', async () => {
    const caller = await newCaller();
    const { inviteAtBot, okAtCaller, callerDialog } = await callThrough(engine, caller, bot);
    expect(caller.count(180)).toBe(1);
    const ringing = await caller.expect(180);
    expect(header(ringing, 'To')).toBe(header(okAtCaller, 'To'));
    const origin = /^o=- \d+ 1 IN IP4 127\.0\.0\.1$/m;
    expect(inviteAtBot.body).toMatch(origin);
    expect(okAtCaller.body).toMatch(origin);
    expect(okAtCaller.body).toContain('m=audio 31000 RTP/AVP 8');
    callerDialog.request('BYE');
    await bot.expect('BYE');
  });
});

describe('a transfer by REFER', () => {
  it('returns the caller to the bot when the target is busy, and disconnects the bot after the grace when the second one answers', async () => {
    const caller = await newCaller();
    const call = await callThrough(engine, caller, bot);
    const headers = [{ name: 'X-Customer', value: '42 & more' }];
    const accepted = await engine.post(
      call.callId,
      transferTo('sip:busy@127.0.0.1:5999', {
        transferSipHeaders: headers,
        transferReferredByURL: 'sip:bot@example.com',
        handoverReason: 'asks for a person',
      })
    );
    expect(accepted).toMatchObject({ status: 200, body: { activities: [{ status: 'accepted' }] } });
    const refer = await caller.expect('REFER');
    expect(header(refer, 'Refer-To')).toBe('<sip:busy@127.0.0.1:5999?X-Customer=42%20%26%20more>');
    expect(header(refer, 'Referred-By')).toBe('<sip:bot@example.com>');
    expect(header(refer, 'X-Effect-Id')).toBeUndefined();
    caller.respond(refer, 202, { headers: [['Contact', caller.contact]] });
    expect((await notify(call, 100, 'Trying')).status).toBe(200);
    expect((await notify(call, 486, 'Busy Here')).status).toBe(200);
    const failed = await webhook.expect(call.callId, 'transferStatus');
    expect(failed).toMatchObject({
      value: { status: 'failed', reasonCode: 'busy', sipStatus: 486, target: 'sip:busy@127.0.0.1:5999' },
    });
    expect(byesOf(call.inviteAtBot)).toHaveLength(0);

    await engine.post(call.callId, transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: GRACE_MS }));
    const second = await caller.expect('REFER');
    expect(header(second, 'Refer-To')).toBe('<sip:agent@127.0.0.1:5998>');
    caller.respond(second, 202, { headers: [['Contact', caller.contact]] });
    await notify(call, 180, 'Ringing');
    // The grace begins while the answer to the NOTIFY is on its way.
    const answeredAt = Date.now();
    await notify(call, 200, 'OK');
    expect(await webhook.expect(call.callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
    call.callerDialog.request('BYE');
    const bye = await bot.expect('BYE');
    expect(Date.now() - answeredAt).toBeGreaterThanOrEqual(GRACE_MS);
    bot.respond(bye, 200);
    expect(await webhook.expect(call.callId, 'conversationEnd')).toMatchObject({
      value: { reasonCode: 'transferred' },
    });
    expect(caller.count('REFER')).toBe(2);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({
      end: { reasonCode: 'transferred' },
      transfers: [
        {
          outcome: { status: 'failed', reasonCode: 'busy' },
          handoverReason: 'asks for a person',
          elapsedMs: expect.any(Number),
        },
        { outcome: { status: 'answered', evidence: 'notify' } },
      ],
    });
  });

  it('lets the bot go at acceptance without notifications, and the caller at the end', async () => {
    const caller = await newCaller();
    const call = await callThrough(engine, caller, bot);
    await engine.post(call.callId, transferTo('sip:agent@127.0.0.1:5998', { transferNotifications: false }));
    const refer = await caller.expect('REFER');
    expect(byesOf(call.inviteAtBot)).toHaveLength(0);
    caller.respond(refer, 202, { headers: [['Contact', caller.contact]] });
    bot.respond(await bot.expect('BYE'), 200);
    await notify(call, 200, 'OK');
    caller.respond(await caller.expect('BYE'), 200);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
  });
});

describe('between caller and bot', () => {
  it('passes INFO on in both directions, with the other side’s answer', async () => {
    const caller = await newCaller();
    const call = await callThrough(engine, caller, bot);
    call.callerDialog.request('INFO', { body: 'Signal=7\r\nDuration=160\r\n', contentType: 'application/dtmf-relay' });
    const atBot = await bot.expect('INFO');
    expect(atBot.body).toBe('Signal=7\r\nDuration=160\r\n');
    expect(header(atBot, 'Content-Type')).toBe('application/dtmf-relay');
    bot.respond(atBot, 200);
    expect((await caller.expect((message) => isOf(message, 'INFO'))).status).toBe(200);
    call.botDialog.request('INFO', { body: 'Signal=1\r\n', contentType: 'application/dtmf-relay' });
    caller.respond(await caller.expect('INFO'), 415);
    expect((await bot.expect((message) => isOf(message, 'INFO') && message.status !== undefined)).status).toBe(415);
    call.botDialog.request('BYE');
    await caller.expect('BYE');
  });

  it('answers a refresh itself and passes a changed offer on, each leg with its own rising version', async () => {
    const caller = await newCaller();
    const call = await callThrough(engine, caller, bot);
    call.callerDialog.request('INVITE', { body: sdp(1, 21000) });
    const refreshed = await caller.expect((message) => isOf(message, 'INVITE') && message.status === 200);
    expect(refreshed.body).toBe(call.okAtCaller.body);
    call.callerDialog.ack();
    expect(
      bot.log.filter(
        ({ message }) =>
          message.method === 'INVITE' && header(message, 'Call-ID') === header(call.inviteAtBot, 'Call-ID')
      )
    ).toHaveLength(1);

    call.callerDialog.request('INVITE', { body: sdp(2, 21002) });
    const atBot = await bot.expect('INVITE');
    expect(atBot.body).toMatch(/^o=- \d+ 2 IN IP4/m);
    expect(atBot.body).toContain('m=audio 21002');
    bot.respond(atBot, 200, { body: sdp(2, 31002), headers: [['Contact', bot.contact]] });
    const changed = await caller.expect((message) => isOf(message, 'INVITE') && message.status === 200);
    expect(changed.body).toMatch(/^o=- \d+ 2 IN IP4/m);
    expect(changed.body).toContain('m=audio 31002');
    call.callerDialog.ack();
    await bot.expect('ACK');
    call.callerDialog.request('BYE');
    await bot.expect('BYE');
  });
});

describe('refusals', () => {
  it('404 for a number of no trunk', async () => {
    const caller = await newCaller();
    caller.dial({ port: engine.sipPort }, { to: 'sip:9999@127.0.0.1', body: sdp() });
    expect((await caller.expect((message) => (message.status ?? 0) >= 200)).status).toBe(404);
  });

  it('422 with the path of each fault for a transfer that cannot be, and the call goes on', async () => {
    const caller = await newCaller();
    const call = await callThrough(engine, caller, bot);
    const { status, body } = await engine.post(call.callId, transferTo('sip:somewhere@else.example'));
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain('activityParams.transferTarget');
    expect((await engine.view(call.callId)).phase).toBe('conversing');
    call.callerDialog.request('BYE');
    await bot.expect('BYE');
  });

  it('480 when the bot is busy', async () => {
    const caller = await newCaller();
    caller.dial({ port: engine.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
    bot.respond(await bot.expect('INVITE'), 486);
    expect((await caller.expect((message) => (message.status ?? 0) >= 200)).status).toBe(480);
  });
});

it('cancels the bot’s INVITE when the caller cancels', async () => {
  const caller = await newCaller();
  const dialog = caller.dial({ port: engine.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
  const invite = await bot.expect('INVITE');
  bot.respond(invite, 180);
  await caller.expect(180);
  dialog.cancel();
  const cancel = await bot.expect('CANCEL');
  bot.respond(cancel, 200);
  bot.respond(invite, 487);
  await caller.expect(487);
  await expect(engine.recordOf(header(invite, 'X-Call-ID') ?? '')).resolves.toMatchObject({
    end: { reasonCode: 'caller-cancelled' },
  });
});
