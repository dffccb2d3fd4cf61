import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import type { PhoneCall } from '../support/joined-call';
import { phoneCall } from '../support/joined-call';
import { SipPeer } from '../support/sip-peer';
import { WebhookBot } from '../support/webhook-bot';

let botPeer: SipPeer;
let webhook: WebhookBot;
let engine: Engine;
let call: PhoneCall;

beforeAll(async () => {
  [botPeer, webhook] = [await SipPeer.open(), await WebhookBot.open()];
  engine = await Engine.start({
    bot: botPeer.uri('bot'),
    webhook: webhook.url,
    trunk: { transferMethod: 'invite', allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'] },
    channel: { botId: `budget-${botPeer.port}-${Date.now()}`, attemptsPerHour: 2 },
  });
});

beforeEach(async () => {
  call = await phoneCall(engine, botPeer);
});

afterEach(async () => {
  await call.close();
});

afterAll(async () => {
  await engine.stop();
  await botPeer.close();
  await webhook.close();
});

async function refusedByTarget(): Promise<void> {
  const { target, callId, transfer } = call;
  await transfer();
  target.peer.respond(await target.peer.expect('INVITE'), 486);
  expect(await webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { reasonCode: 'busy' } });
}

/** The next attempt fails for want of budget, and the bot has the call. */
async function refusedByBudget(): Promise<void> {
  const { callId, transfer } = call;
  expect(await transfer()).toMatchObject({ status: 200 });
  expect(await webhook.expect(callId, 'transferStatus')).toMatchObject({
    value: { status: 'failed', reasonCode: 'error', evidence: 'local', reason: USED_UP },
  });
  expect((await engine.view(callId)).phase).toBe('conversing');
}

const USED_UP: unknown = expect.stringMatching(/budget of 2 transfer attempts per hour is used up/);

describe('a channel with a budget of transfer attempts', () => {
  it('has no more than that, counts on when its worker dies, and loses no call by it', async () => {
    const { callId, target, callerDialog } = call;
    await refusedByTarget();
    await engine.worker.kill();
    engine.worker = await engine.startWorker();
    await refusedByTarget();
    await refusedByBudget();
    await engine.worker.kill();
    engine.worker = await engine.startWorker();
    await refusedByBudget();
    expect(target.peer.count('INVITE')).toBe(2);
    callerDialog.request('BYE');
    await call.byeAtBot();
    const { transfers, refused } = await engine.recordOf(callId);
    expect(transfers.map(({ outcome }) => outcome?.evidence)).toEqual(['response', 'response', 'local', 'local']);
    expect(refused).toMatchObject([{ reason: USED_UP }, { reason: USED_UP }]);
  });

  it('has it over all its calls', async () => {
    await refusedByBudget();
    expect(call.target.peer.count('INVITE')).toBe(0);
    call.callerDialog.request('BYE');
    await call.byeAtBot();
  });
});
