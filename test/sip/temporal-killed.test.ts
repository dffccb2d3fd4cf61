import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { BotEvent } from '../../contracts/bot-events';
import type { WorkerProcess } from '../support/engine';
import { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import { phoneCall } from '../support/joined-call';
import { MortalTemporal } from '../support/mortal-temporal';
import { header, sdp, SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, isOf, report, transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

/** How long Temporal is away at least: `AWAY_S`, in seconds, 15 unless set. */
const AWAY_MS = 1_000 * Number(process.env['AWAY_S'] ?? 15);
const LIMIT_MS = 60_000;
const WITHIN = { withinMs: LIMIT_MS };

let temporal: MortalTemporal;
let engine: Engine;
let webhook: WebhookBot;
let bot: SipPeer;
let phones: SipPeer;
let caller: SipPeer;
let other: SipPeer;

beforeAll(async () => {
  temporal = await MortalTemporal.start();
  [bot, webhook] = [await SipPeer.open(), await WebhookBot.open()];
  for (const method of ['INFO', 'BYE']) bot.whenever(method, (request) => bot.respond(request, 200));
  phones = await SipPeer.open();
  const invites = { id: 'invites', login: '1001', sources: ['127.0.0.1'], allowTargets: ['^sip:'] };
  engine = await Engine.start({
    ...{ bot: bot.uri('bot'), webhook: webhook.url, temporal: temporal.address },
    // A time-out that runs out meanwhile would come before what waits to be told.
    trunk: { allowTargets: ['^sip:'], ringTimeoutMs: 180_000 },
    channel: { takesDtmf: true },
    more: {
      trunks: [{ ...invites, transferMethod: 'invite' }],
      channels: [{ botId: 'phone', trunk: invites.id, leg: phones.uri('bot'), webhook: webhook.url }],
    },
  });
});

beforeEach(async () => {
  [caller, other] = [await SipPeer.open(), await SipPeer.open()];
});

afterEach(async () => {
  await Promise.all([caller.close(), other.close()]);
});

afterAll(async () => {
  await engine.stop();
  await Promise.all([bot.close(), phones.close(), webhook.close(), temporal.close()]);
});

/** What the bot heard of a call, each event once, in the order in which it came. */
function heard(callId: string): string[] {
  const events = new Map<string, BotEvent>();
  for (const { conversation, activities } of webhook.bodies)
    if (conversation === callId) for (const event of activities) if (!events.has(event.id)) events.set(event.id, event);
  return [...events.values()].map((event) => (event.name === 'DTMF' ? `DTMF ${event.value}` : event.name));
}

function press(digit: string, { callerDialog }: CallThroughEngine): void {
  callerDialog.request('INFO', { body: `Signal=${digit}\r\n`, contentType: 'application/dtmf-relay' });
}

async function answered(peer: SipPeer, method: string): Promise<number | undefined> {
  return (await peer.expect((message) => isOf(message, method) && (message.status ?? 0) >= 200, WITHIN)).status;
}

async function refreshed({ callerDialog, okAtCaller }: CallThroughEngine): Promise<void> {
  callerDialog.request('INVITE', { body: sdp(1, 21000) });
  const answer = await caller.expect((message) => isOf(message, 'INVITE') && (message.status ?? 0) >= 200, WITHIN);
  expect([answer.status, answer.body]).toEqual([200, okAtCaller.body]);
  callerDialog.ack();
}

/** A call that nobody can take now: its caller is told when to try again. */
async function refused(): Promise<void> {
  const late = await SipPeer.open();
  late.dial({ port: engine.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
  const refusal = await late.expect((message) => (message.status ?? 0) >= 200, WITHIN);
  expect(refusal.status).toBe(503);
  expect(Number(header(refusal, 'Retry-After'))).toBeGreaterThan(0);
  await late.close();
}

/** An activity that nobody can take now: the bot is told when to send it again. */
async function putOff(callId: string, activity: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(activity);
  const response = await engine.api(`/v1/calls/${callId}/activities`, { method: 'POST', headers, body });
  expect([response.status, response.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
}

/** @returns what the worker has done since: its share of a CPU, and the lines that it logged each second */
function watch({ process, log }: WorkerProcess): () => { cpu: number; linesPerS: number } {
  const lines = (): number => log().split('\n').length;
  const before = { cpuMs: process.cpuMs, lines: lines(), atMs: performance.now() };
  return () => {
    const passedMs = performance.now() - before.atMs;
    return {
      cpu: (process.cpuMs - before.cpuMs) / passedMs,
      linesPerS: (1_000 * (lines() - before.lines)) / passedMs,
    };
  };
}

async function cannotStart(): Promise<void> {
  await expect(engine.startWorker()).rejects.toThrow(/the worker cannot run/);
}

async function refer(peer: SipPeer): Promise<void> {
  peer.respond(await peer.expect('REFER', WITHIN), 202, { headers: [['Contact', peer.contact]] });
}

/** What a caller does in a call that waits for the outcome of its REFER. Each is answered although nobody can act on it. */
async function goesOn(call: CallThroughEngine): Promise<void> {
  await refreshed(call);
  press('1', call);
  press('2', call);
  expect([await answered(caller, 'INFO'), await answered(caller, 'INFO')]).toEqual([200, 200]);
  report(call.callerDialog, 486, 'Busy Here');
  expect(await answered(caller, 'NOTIFY')).toBe(200);
  await refreshed(call);
  call.callerDialog.request('BYE');
  expect(await answered(caller, 'BYE')).toBe(200);
}

it('Temporal is killed: the bot hears in order and once what happened until its return, and the worker does not spin', async () => {
  const call = await callThrough(engine, caller, bot);
  await refreshed(call);
  await engine.post(call.callId, transferTo('sip:agent@127.0.0.1:5998'));
  await refer(caller);
  const { callId, callerDialog } = await callThrough(engine, other, bot);
  await temporal.kill();
  const away = new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  const usage = watch(engine.worker);
  const activity = { ...transferTo('sip:agent@127.0.0.1:5998'), id: 'repeated' };
  await Promise.all([goesOn(call), refused(), putOff(callId, activity), cannotStart(), away]);
  const { cpu, linesPerS } = usage();
  expect(engine.worker.process.isGone).toBe(false);
  expect(cpu).toBeLessThan(0.5);
  expect(linesPerS).toBeLessThan(5);
  expect(heard(call.callId)).toEqual(['start']);

  await temporal.restart();
  await eventually(async () => (await engine.post(callId, activity)).status === 200, 'the activity is taken');
  await refer(other);
  await webhook.expect(call.callId, 'conversationEnd', LIMIT_MS);
  expect(heard(call.callId)).toEqual(['start', 'DTMF 1', 'DTMF 2', 'transferStatus', 'conversationEnd']);
  await engine.recordOf(call.callId, LIMIT_MS);
  callerDialog.request('BYE');
  expect(await answered(other, 'BYE')).toBe(200);
  await engine.recordOf(callId, LIMIT_MS);
  expect([caller.count('REFER'), other.count('REFER')]).toEqual([1, 1]);
}, 240_000);

it('a caller that was joined with its target has a refresh answered with the target’s description', async () => {
  const call = await phoneCall(engine, phones, '1001');
  const { target, callerDialog } = call;
  await call.transfer({ transferNotificationsHangupMS: 0 });
  target.pickUp(await target.peer.expect('INVITE', WITHIN));
  await webhook.expect(call.callId, 'transferStatus');
  await call.byeAtBot();
  expect(call.caller.hears.port).toBe(41000);
  await temporal.kill();
  callerDialog.request('INVITE', { body: call.caller.sdp });
  const { peer } = call.caller;
  const answer = await peer.expect((message) => isOf(message, 'INVITE') && (message.status ?? 0) >= 200, WITHIN);
  callerDialog.ack();
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('m=audio 41000 ');
  await temporal.restart();
  callerDialog.request('BYE');
  target.peer.respond(await target.peer.expect('BYE', WITHIN), 200);
  await engine.recordOf(call.callId, LIMIT_MS);
  expect(call.faults()).toEqual([]);
  await call.close();
});

it('a worker that has never heard of a call gets its digits while Temporal is away: they wait for its return', async () => {
  const call = await callThrough(engine, caller, bot);
  await engine.startWorker();
  await temporal.kill();
  await engine.worker.kill();
  press('5', call);
  expect(await answered(caller, 'INFO')).toBe(200);
  call.callerDialog.request('BYE');
  expect(await answered(caller, 'BYE')).toBe(200);
  await temporal.restart();
  await webhook.expect(call.callId, 'conversationEnd', LIMIT_MS);
  expect(heard(call.callId)).toEqual(['start', 'DTMF 5', 'conversationEnd']);
  await engine.recordOf(call.callId, LIMIT_MS);
});
