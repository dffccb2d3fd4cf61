import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { activitiesSentSignal } from '../../contracts/messages';
import type { WorkerProcess } from '../support/engine';
import { Engine } from '../support/engine';
import { recordCall } from '../support/record-histories';
import { header, sdp, SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, isOf, notify, transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

/**
 * Each test kills the worker that carried the call and never starts it again. A second worker, which never saw the call, serves what comes
 * after: what it knows is the workflow's history and the tags in the peers' requests.
 */

const GRACE_MS = 700;

let engine: Engine;
let bot: SipPeer;
let caller: SipPeer;
let webhook: WebhookBot;
let carrier: WorkerProcess;

beforeAll(async () => {
  bot = await SipPeer.open();
  webhook = await WebhookBot.open();
  engine = await Engine.start({
    bot: bot.uri('bot'),
    webhook: webhook.url,
    trunk: { allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'] },
  });
  carrier = engine.worker;
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

/** Kills the worker that is alone so far, with another one in its place. */
async function replaceWorker(): Promise<void> {
  await carrier.kill();
  carrier = await engine.startWorker();
}

async function hangsUp(call: CallThroughEngine): Promise<void> {
  call.callerDialog.request('BYE');
  bot.respond(await bot.expect('BYE'), 200);
}

describe('a worker killed in conversation', () => {
  it('leaves INFO, re-INVITE and BYE to the next one', async () => {
    const call = await callThrough(engine, caller, bot);
    await replaceWorker();
    call.callerDialog.request('INFO', { body: 'Signal=7\r\n', contentType: 'application/dtmf-relay' });
    bot.respond(await bot.expect('INFO'), 200);
    expect((await caller.expect((message) => isOf(message, 'INFO'))).status).toBe(200);

    call.botDialog.request('INVITE', { body: sdp(2, 31002) });
    const offer = await caller.expect('INVITE');
    expect(offer.body).toMatch(/^o=- \d+ 2 IN IP4/m);
    caller.respond(offer, 200, { body: sdp(2, 21002), headers: [['Contact', caller.contact]] });
    const answer = await bot.expect((message) => isOf(message, 'INVITE') && message.status === 200);
    expect(answer.body).toContain('m=audio 21002');
    call.botDialog.ack();
    await caller.expect('ACK');

    call.callerDialog.request('BYE');
    expect((await caller.expect((message) => isOf(message, 'BYE'))).status).toBe(200);
    bot.respond(await bot.expect('BYE'), 200);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
    await recordCall(engine, call.callId);
  });

  it('leaves the bot’s next transfer to the next one', async () => {
    const call = await callThrough(engine, caller, bot);
    await replaceWorker();
    await engine.post(call.callId, transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: GRACE_MS }));
    caller.respond(await caller.expect('REFER'), 202, { headers: [['Contact', caller.contact]] });
    await notify(call, 200, 'OK');
    bot.respond(await bot.expect('BYE'), 200);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
    expect(caller.count('REFER')).toBe(1);
    caller.respond(await caller.expect('BYE'), 200);
  });
});

describe('a worker killed during a transfer', () => {
  async function referSent(): Promise<{ call: CallThroughEngine; refer: Awaited<ReturnType<SipPeer['expect']>> }> {
    const call = await callThrough(engine, caller, bot);
    await engine.post(call.callId, transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: GRACE_MS }));
    return { call, refer: await caller.expect('REFER') };
  }

  async function expectConclusion(call: CallThroughEngine): Promise<void> {
    expect((await notify(call, 100, 'Trying')).status).toBe(200);
    expect((await notify(call, 200, 'OK')).status).toBe(200);
    const answeredAt = Date.now();
    expect(await webhook.expect(call.callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
    call.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
    expect(Date.now() - answeredAt).toBeGreaterThanOrEqual(GRACE_MS);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({
      end: { reasonCode: 'transferred' },
      transfers: [{ outcome: { status: 'answered', evidence: 'notify' } }],
    });
    expect(caller.count('REFER')).toBe(1);
    await recordCall(engine, call.callId);
  }

  it('after the REFER was accepted leaves NOTIFYs, grace and BYE to the next one', async () => {
    const { call, refer } = await referSent();
    caller.respond(refer, 202, { headers: [['Contact', caller.contact]] });
    await notify(call, 100, 'Trying');
    await replaceWorker();
    await expectConclusion(call);
  });

  it('after the REFER was sent sends no second one: the next worker gets the answer', async () => {
    const { call, refer } = await referSent();
    await replaceWorker();
    caller.respond(refer, 202, { headers: [['Contact', caller.contact]] });
    await expectConclusion(call);
  });

  it('in the grace leaves the rest of it to the next one', async () => {
    const { call, refer } = await referSent();
    caller.respond(refer, 202, { headers: [['Contact', caller.contact]] });
    await notify(call, 200, 'OK');
    const answeredAt = Date.now();
    await replaceWorker();
    bot.respond(await bot.expect('BYE'), 200);
    expect(Date.now() - answeredAt).toBeGreaterThanOrEqual(GRACE_MS);
    caller.respond(await caller.expect('BYE'), 200);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
    await recordCall(engine, call.callId);
  });
});

describe('a worker killed during set-up', () => {
  it('while the bot rings leaves the answer to the next one: one INVITE at the bot, and the caller is answered', async () => {
    const callerDialog = caller.dial(
      { port: engine.sipPort },
      { to: `sip:1000@127.0.0.1:${engine.sipPort}`, body: sdp() }
    );
    const invite = await bot.expect('INVITE');
    bot.respond(invite, 180, { tag: 'ringing' });
    await caller.expect(180);
    await replaceWorker();
    bot.accept(invite, { body: sdp(1, 31000), tag: 'ringing' });
    const ok = await caller.expect((message) => message.status === 200);
    expect(ok.body).toContain('m=audio 31000');
    callerDialog.confirm(ok);
    callerDialog.ack();
    await bot.expect('ACK');
    const sipCallId = header(invite, 'Call-ID');
    expect(
      bot.log.filter(({ message }) => message.method === 'INVITE' && header(message, 'Call-ID') === sipCallId)
    ).toHaveLength(1);
    callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
    await recordCall(engine, header(invite, 'X-Call-ID') ?? '');
  });
});

it('a second worker that is there already takes over without a pause in what the peers see', async () => {
  const call = await callThrough(engine, caller, bot);
  const standby = await engine.startWorker();
  await carrier.kill();
  carrier = standby;
  await hangsUp(call);
  await expect(engine.recordOf(call.callId)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
});

it('a worker that hangs within a workflow task loses it to another one, also with the bot’s transfer in it', async () => {
  const call = await callThrough(engine, caller, bot);
  const standby = await engine.startWorker();
  carrier.hang();
  const client = await engine.client();
  const transfer = transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: GRACE_MS });
  await client.workflow.getHandle(`call-${call.callId}`).signal(activitiesSentSignal, transfer);
  // The polls that the hanging worker has open take a workflow task each, and an attempt of its activity.
  const refer = await caller.expect('REFER', { withinMs: 90_000 });
  caller.respond(refer, 202, { headers: [['Contact', caller.contact]] });
  await carrier.kill();
  carrier = standby;
  expect((await notify(call, 200, 'OK')).status).toBe(200);
  call.callerDialog.request('BYE');
  bot.respond(await bot.expect('BYE'), 200);
  await expect(engine.recordOf(call.callId)).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
  expect(caller.count('REFER')).toBe(1);
  await recordCall(engine, call.callId);
});
