import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import type { PhoneCall } from '../support/joined-call';
import { phoneCall } from '../support/joined-call';
import { header, sdp, SipPeer } from '../support/sip-peer';
import type { ReceivedMessage } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, isOf, notify, transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

let engine: Engine;
let bot: SipPeer;
let target: SipPeer;
let webhook: WebhookBot;
const callers: SipPeer[] = [];

beforeAll(async () => {
  [bot, target, webhook] = [await SipPeer.open(), await SipPeer.open(), await WebhookBot.open()];
  const trunk = { allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'] };
  engine = await Engine.start({ bot: bot.uri('bot'), webhook: webhook.url, trunk });
});

afterEach(() => Promise.all(callers.splice(0).map((caller) => caller.close())));

afterAll(async () => {
  await engine.stop();
  await Promise.all([bot.close(), target.close(), webhook.close()]);
});

async function newCaller(): Promise<SipPeer> {
  const caller = await SipPeer.open();
  caller.whenever('BYE', (bye) => caller.respond(bye, 200));
  callers.push(caller);
  return caller;
}

const up = async (): Promise<CallThroughEngine> => callThrough(engine, await newCaller(), bot);

async function referred(): Promise<CallThroughEngine & { refer: ReceivedMessage }> {
  const call = await up();
  await engine.post(call.callId, transferTo(target.uri('agent'), { transferNotificationsHangupMS: 10_000 }));
  return { ...call, refer: await call.caller.expect('REFER') };
}

const accept = ({ caller, refer }: { caller: SipPeer; refer: ReceivedMessage }): void =>
  caller.respond(refer, 202, { headers: [['Contact', caller.contact]] });

/** The BYE that the bot of this call gets, answered. */
async function botLet(go: { inviteAtBot: ReceivedMessage }): Promise<void> {
  const callId = header(go.inviteAtBot, 'Call-ID');
  const isIts = (message: ReceivedMessage): boolean =>
    message.method === 'BYE' && header(message, 'Call-ID') === callId;
  bot.respond(await bot.expect(isIts), 200);
}

/** A call whose caller talks with its target; the bot is gone. */
async function connected(): Promise<PhoneCall> {
  const call = await phoneCall(engine, bot);
  callers.push(call.caller.peer, call.target.peer);
  await call.transfer({ transferMethod: 'invite', transferNotificationsHangupMS: 0 });
  call.target.pickUp(await call.target.peer.expect('INVITE'));
  await webhook.expect(call.callId, 'transferStatus');
  await call.byeAtBot();
  return call;
}

/** Caller and target still hear each other’s digits, and the caller ends the call. */
async function hangUp({ callerDialog, caller, target: { peer } }: PhoneCall): Promise<void> {
  callerDialog.request('INFO', { body: 'Signal=5\r\n', contentType: 'application/dtmf-relay' });
  peer.respond(await peer.expect('INFO'), 200);
  await caller.peer.expect((message) => isOf(message, 'INFO') && message.status === 200);
  callerDialog.request('BYE');
  peer.respond(await peer.expect('BYE'), 200);
}

/** Workflow tasks that a worker took and did not do, or that waited on its own queue for it, after it was told to stop. */
async function lateTasksOf(pid: number | undefined, toldAtMs: number, callId: string): Promise<unknown[]> {
  const { workflow } = await engine.client();
  const events = (await workflow.getHandle(`call-${callId}`).fetchHistory()).events ?? [];
  const eventOf = (id: unknown): (typeof events)[number] | undefined =>
    events.find(({ eventId }) => String(eventId) === String(id));
  return events.flatMap(({ eventTime, workflowTaskTimedOutEventAttributes: late }) => {
    const queue = eventOf(late?.scheduledEventId)?.workflowTaskScheduledEventAttributes?.taskQueue?.name ?? '';
    const { identity = queue } = eventOf(late?.startedEventId)?.workflowTaskStartedEventAttributes ?? {};
    const isIts = identity?.startsWith(`${pid}@`) === true && (Number(eventTime?.seconds) + 1) * 1_000 > toldAtMs;
    return late && isIts ? [late] : [];
  });
}

it('hands its calls over, in whatever step they are, and is gone in time', async () => {
  const talking = await up();
  const asked = await referred();
  const accepted = await referred();
  accept(accepted);
  await notify(accepted, 100, 'Trying');
  const inGrace = await referred();
  accept(inGrace);
  await notify(inGrace, 200, 'OK');
  await webhook.expect(inGrace.callId, 'transferStatus');
  const joined = await connected();
  const inviting = await up();
  await engine.post(inviting.callId, transferTo(target.uri('sales'), { transferMethod: 'invite' }));
  const inviteAtTarget = await target.expect('INVITE');
  target.respond(inviteAtTarget, 180, { tag: 'ringing' });
  const ringer = await newCaller();
  const ringing = ringer.dial({ port: engine.sipPort }, { to: `sip:1000@127.0.0.1:${engine.sipPort}`, body: sdp() });
  const inviteAtBot = await bot.expect('INVITE');
  bot.respond(inviteAtBot, 180, { tag: 'ringing' });
  await ringer.expect(180);

  const leaving = engine.worker;
  engine.worker = await engine.startWorker();
  const [pid, toldAtMs] = [leaving.process.pid, Date.now()];
  expect(await leaving.process.stop()).toBe(0);
  expect(leaving.log()).not.toContain('did not stop in time');

  bot.accept(inviteAtBot, { body: sdp(1, 31000), tag: 'ringing' });
  ringing.confirm(await ringer.expect(200)).ack();
  ringing.request('BYE');
  await botLet({ inviteAtBot });

  talking.callerDialog.request('BYE');
  await talking.caller.expect((message) => isOf(message, 'BYE') && message.status === 200);
  await botLet(talking);

  target.respond(inviteAtTarget, 486, { tag: 'ringing' });
  expect(await webhook.expect(inviting.callId, 'transferStatus')).toMatchObject({
    value: { status: 'failed', reasonCode: 'busy' },
  });
  inviting.callerDialog.request('BYE');
  await botLet(inviting);

  accept(asked);
  for (const call of [asked, accepted]) {
    await notify(call, 200, 'OK');
    expect(await webhook.expect(call.callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
  }
  for (const call of [asked, accepted, inGrace]) {
    call.callerDialog.request('BYE');
    await botLet(call);
    expect((await engine.recordOf(call.callId)).end).toMatchObject({ reasonCode: 'transferred' });
    expect(call.caller.count('REFER')).toBe(1);
  }
  await hangUp(joined);
  expect((await engine.recordOf(joined.callId)).end).toMatchObject({ reasonCode: 'transferred' });
  expect(joined.faults()).toEqual([]);
  expect([target.count('INVITE'), joined.target.peer.count('INVITE')]).toEqual([1, 1]);
  expect(await engine.openWorkflows()).toEqual([]);
  const records = await engine.records();
  expect(records).toHaveLength(7);
  for (const { callId } of records) expect(await lateTasksOf(pid, toldAtMs, callId)).toEqual([]);
});

it('is gone in time also while a bot does not answer its webhook, and the next worker asks that bot again', async () => {
  const posts: string[] = [];
  const silent = http.createServer((request) => {
    request.on('data', (chunk: Buffer) => posts.push(chunk.toString()));
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/events`;
  const other = await Engine.start({ webhook: url, worker: { stopWithinS: 4 } });
  (await newCaller()).dial({ port: other.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
  await eventually(() => posts.length === 1, 'a POST');
  expect(await other.worker.process.stop()).toBe(0);
  await other.startWorker();
  await eventually(() => posts.length === 2, 'the same POST again');
  expect(posts[1]).toBe(posts[0]);
  await other.stop();
  silent.closeAllConnections();
  silent.close();
});
