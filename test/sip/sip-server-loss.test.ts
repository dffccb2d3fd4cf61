import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { header, sdp, SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, isOf, notify, transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

/** Each test kills the SIP server that carried the call and starts another one on its store; the worker connects to it by itself. */

const GRACE_MS = 3000;

let engine: Engine;
let bot: SipPeer;
let caller: SipPeer;
let webhook: WebhookBot;

beforeAll(async () => {
  bot = await SipPeer.open();
  webhook = await WebhookBot.open();
  engine = await Engine.start({
    bot: bot.uri('bot'),
    webhook: webhook.url,
    trunk: { allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'] },
  });
});

beforeEach(async () => {
  caller = await SipPeer.open();
});

afterEach(async () => {
  await caller.close();
});

afterAll(async () => {
  await engine.stop();
  await bot.close();
  await webhook.close();
});

async function referSent(): Promise<{ call: CallThroughEngine; refer: Awaited<ReturnType<SipPeer['expect']>> }> {
  const call = await callThrough(engine, caller, bot);
  await engine.post(call.callId, transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: GRACE_MS }));
  return { call, refer: await caller.expect('REFER') };
}

async function expectTransferred({ callId }: CallThroughEngine): Promise<void> {
  bot.respond(await bot.expect('BYE'), 200);
  await expect(engine.recordOf(callId)).resolves.toMatchObject({
    end: { reasonCode: 'transferred' },
    transfers: [{ outcome: { status: 'answered', evidence: 'notify' } }],
  });
}

describe('a SIP server killed', () => {
  it('in conversation leaves INFO, re-INVITE and BYE to the next one', async () => {
    const call = await callThrough(engine, caller, bot);
    await engine.replaceSipServer();
    call.callerDialog.request('INFO', { body: 'Signal=7\r\n', contentType: 'application/dtmf-relay' });
    bot.respond(await bot.expect('INFO'), 200);
    await caller.expect((message) => isOf(message, 'INFO') && message.status === 200);

    call.botDialog.request('INVITE', { body: sdp(2, 31002) });
    const offer = await caller.expect('INVITE');
    caller.respond(offer, 200, { body: sdp(2, 21002), headers: [['Contact', caller.contact]] });
    const answer = await bot.expect((message) => isOf(message, 'INVITE') && message.status === 200);
    expect(answer.body).toContain('m=audio 21002');
    call.botDialog.ack();
    await caller.expect('ACK');

    call.callerDialog.request('BYE');
    await caller.expect((message) => isOf(message, 'BYE') && message.status === 200);
    bot.respond(await bot.expect('BYE'), 200);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
  });

  it('while the bot rings goes on with both INVITEs: one at the bot, and the caller is answered', async () => {
    const to = `sip:1000@127.0.0.1:${engine.sipPort}`;
    const callerDialog = caller.dial({ port: engine.sipPort }, { to, body: sdp() });
    const invite = await bot.expect('INVITE');
    bot.respond(invite, 180, { tag: 'ringing' });
    await caller.expect(180);
    await engine.replaceSipServer();
    bot.accept(invite, { body: sdp(1, 31000), tag: 'ringing' });
    const ok = await caller.expect((message) => message.status === 200);
    expect(ok.body).toContain('m=audio 31000');
    callerDialog.confirm(ok);
    callerDialog.ack();
    await bot.expect('ACK');
    const sipCallId = header(invite, 'Call-ID');
    const invites = bot.log.filter(
      ({ message }) => message.method === 'INVITE' && header(message, 'Call-ID') === sipCallId
    );
    expect(new Set(invites.map(({ text }) => text)).size).toBe(1);
    callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
    await caller.expect((message) => isOf(message, 'BYE') && message.status === 200);
  });

  it('after the REFER was sent sends no other one, and the transfer goes on', async () => {
    const { call, refer } = await referSent();
    await engine.replaceSipServer();
    caller.respond(refer, 202, { headers: [['Contact', caller.contact]] });
    expect((await notify(call, 100, 'Trying')).status).toBe(200);
    expect((await notify(call, 200, 'OK')).status).toBe(200);
    expect(await webhook.expect(call.callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
    call.callerDialog.request('BYE');
    await expectTransferred(call);
    expect(caller.count('REFER')).toBe(1);
  });

  it('in the grace leaves the rest of it to the next one', async () => {
    const { call, refer } = await referSent();
    caller.respond(refer, 202, { headers: [['Contact', caller.contact]] });
    await notify(call, 200, 'OK');
    await engine.replaceSipServer();
    await expectTransferred(call);
    caller.respond(await caller.expect('BYE'), 200);
  });
});
