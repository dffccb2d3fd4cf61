import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { MortalTemporal } from '../support/mortal-temporal';
import type { ReceivedMessage } from '../support/sip-peer';
import { header, sdp, SipPeer } from '../support/sip-peer';
import { callThrough, isOf } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';
import { eventually } from '../support/eventually';

/** A Temporal server of this file's own is stopped and continued by signals: it is there, and says nothing. */
let temporal: MortalTemporal;
let engine: Engine;
let bot: SipPeer;
let caller: SipPeer;
let webhook: WebhookBot;

beforeAll(async () => {
  temporal = await MortalTemporal.start();
  bot = await SipPeer.open();
  webhook = await WebhookBot.open();
  const takingDigits = { trunk: 'digits', leg: bot.uri('bot'), webhook: webhook.url, takesDtmf: true };
  const more = {
    trunks: [{ id: 'digits', login: '2000', sources: ['127.0.0.1'] }],
    channels: [{ botId: 'digits', ...takingDigits }],
  };
  engine = await Engine.start({ bot: bot.uri('bot'), temporal: temporal.address, more });
});

beforeEach(async () => {
  caller = await SipPeer.open();
});

afterEach(async () => {
  temporal.goOn();
  await caller.close();
});

afterAll(async () => {
  await engine.stop();
  await bot.close();
  await webhook.close();
  await temporal.close();
});

it('refuses a new call with 503 and when to try again, and never calls the bot for it', async () => {
  temporal.hang();
  caller.dial({ port: engine.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
  const refusal = await caller.expect((message) => (message.status ?? 0) >= 200);
  expect(refusal.status).toBe(503);
  expect(Number(header(refusal, 'Retry-After'))).toBeGreaterThan(0);
  temporal.goOn();
  const next = await SipPeer.open();
  const call = await callThrough(engine, next, bot);
  expect(bot.count('INVITE')).toBe(1);
  call.callerDialog.request('BYE');
  bot.respond(await bot.expect('BYE'), 200);
  await engine.recordOf(call.callId);
  await next.close();
});

it('keeps calls up, and hears of a BYE of that time when it is back', async () => {
  const call = await callThrough(engine, caller, bot);
  temporal.hang();
  call.callerDialog.request('BYE');
  expect((await caller.expect((message) => isOf(message, 'BYE'))).status).toBe(200);
  temporal.goOn();
  bot.respond(await bot.expect('BYE'), 200);
  await expect(engine.recordOf(call.callId)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
});

it('answers refreshes meanwhile, and passes digits on when it is back', async () => {
  const call = await callThrough(engine, caller, bot);
  const isAnswer = (message: ReceivedMessage): boolean => isOf(message, 'INVITE') && (message.status ?? 0) >= 200;
  temporal.hang();
  call.callerDialog.request('INVITE', { body: sdp(1, 21000) });
  const refreshed = await caller.expect(isAnswer);
  expect([refreshed.status, refreshed.body]).toEqual([200, call.okAtCaller.body]);
  call.callerDialog.ack();
  call.callerDialog.request('INFO', { body: 'Signal=1\r\n', contentType: 'application/dtmf-relay' });
  const taken = await caller.expect((message) => isOf(message, 'INFO'));
  expect(taken.status).toBe(200);
  temporal.goOn();
  bot.respond(await bot.expect('INFO'), 200);
  call.callerDialog.request('BYE');
  bot.respond(await bot.expect('BYE'), 200);
  await engine.recordOf(call.callId);
});

it('answers the API with a 503 problem meanwhile, and logs an outage, not each try', async () => {
  const call = await callThrough(engine, caller, bot);
  const activity = { type: 'event', name: 'config', id: 'repeated', activityParams: {} };
  temporal.hang();
  call.callerDialog.request('BYE');
  const response = await engine.api(`/v1/calls/${call.callId}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await engine.post(call.callId, activity)).status).toBe(503);
  temporal.goOn();
  bot.respond(await bot.expect('BYE'), 200);
  await engine.recordOf(call.callId);
  expect(engine.worker.log().match(/Temporal does not take what is sent to it/g)?.length).toBeLessThanOrEqual(4);
});

it('tells the bot digits of that time in their order, and before the BYE that followed', async () => {
  const call = await callThrough(engine, caller, bot, [], '2000');
  const press = (digit: number): unknown =>
    call.callerDialog.request('INFO', { body: `Signal=${digit}\r\n`, contentType: 'application/dtmf-relay' });
  press(1);
  expect(await webhook.expect(call.callId, 'DTMF')).toMatchObject({ value: '1' });
  bot.respond(await bot.expect('INFO'), 200);
  temporal.hang();
  press(2);
  press(3);
  call.callerDialog.request('BYE');
  const notTaken = `question for the legs of ${call.callId}`;
  await eventually(() => engine.worker.log().includes(notTaken), notTaken, 20_000);
  temporal.goOn();
  bot.respond(await bot.expect('BYE'), 200);
  await engine.recordOf(call.callId);
  await webhook.expect(call.callId, 'conversationEnd');
  const told = webhook.bodies.filter(({ conversation }) => conversation === call.callId);
  const byId = new Map(told.flatMap(({ activities }) => activities.map((event) => [event.id, event])));
  const heard = [...byId.values()].map((event) => ('value' in event ? event.value : event.name));
  expect(heard).toEqual(['start', '1', '2', '3', expect.objectContaining({ reasonCode: 'client-disconnected' })]);
});
