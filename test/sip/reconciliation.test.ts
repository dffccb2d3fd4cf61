import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runningQuery } from '../../contracts/list-query';
import { CALL_WORKFLOW_TYPE } from '../../contracts/messages';
import type { Reconciled } from '../../contracts/reconciliation';
import { reconciliationWorkflowId } from '../../contracts/reconciliation';
import { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import { header, sdp, SipPeer } from '../support/sip-peer';
import { callThrough, isOf, transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

const TERMINATED = { endedDialogs: 2, lostLegs: 0, silent: 0 };
const NOTHING = { endedDialogs: 0, lostLegs: 0, silent: 0 };

/** What the comparison came to that follows from `act`. */
async function reconciledAfter(engine: Engine, act: () => Promise<unknown>): Promise<Reconciled> {
  const { workflow } = await engine.client();
  const handle = workflow.getHandle<() => Promise<Reconciled>>(reconciliationWorkflowId(engine.node));
  const run = (): Promise<string | undefined> =>
    handle.describe().then(
      ({ runId }) => runId,
      () => undefined
    );
  await eventually(async () => (await run()) !== undefined, 'the first comparison');
  await handle.result();
  const before = await run();
  await act();
  await eventually(async () => (await run()) !== before, 'a comparison');
  return handle.result();
}

async function replaceWorker(engine: Engine): Promise<void> {
  await engine.worker.kill();
  engine.worker = await engine.startWorker();
}

async function terminate(engine: Engine, callId: string): Promise<void> {
  await (await engine.client()).workflow.getHandle(`call-${callId}`).terminate('by hand');
}

describe('a worker that connects to the SIP server', () => {
  let engine: Engine;
  let bot: SipPeer;
  let callers: [SipPeer, SipPeer];
  let webhook: WebhookBot;

  beforeAll(async () => {
    bot = await SipPeer.open();
    webhook = await WebhookBot.open();
    const trunk = { allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'] };
    engine = await Engine.start({ bot: bot.uri('bot'), webhook: webhook.url, trunk, reconciliation: { graceS: 1 } });
  });

  beforeEach(async () => {
    callers = [await SipPeer.open(), await SipPeer.open()];
  });

  afterEach(() => Promise.all(callers.map((caller) => caller.close())));

  afterAll(async () => {
    await engine.stop();
    await bot.close();
    await webhook.close();
  });

  it('ends the legs of a call whose workflow was terminated, leaves others alone, and finds nothing the next time', async () => {
    const stray = await callThrough(engine, callers[0], bot);
    const other = await callThrough(engine, callers[1], bot);
    const result = reconciledAfter(engine, async () => {
      await terminate(engine, stray.callId);
      await replaceWorker(engine);
    });
    const bye = await callers[0].expect('BYE');
    expect(header(bye, 'Reason')).toContain('the call has ended');
    callers[0].respond(bye, 200);
    const byeAtBot = await bot.expect('BYE');
    expect(header(byeAtBot, 'Call-ID')).toBe(header(stray.inviteAtBot, 'Call-ID'));
    bot.respond(byeAtBot, 200);
    expect(await result).toMatchObject(TERMINATED);

    expect(await reconciledAfter(engine, () => replaceWorker(engine))).toMatchObject({ ...NOTHING, calls: 1 });
    other.callerDialog.request('INFO', { body: 'Signal=7\r\n', contentType: 'application/dtmf-relay' });
    bot.respond(await bot.expect('INFO'), 200);
    await callers[1].expect((message) => isOf(message, 'INFO') && message.status === 200);
    expect(callers[1].count('BYE')).toBe(0);
    other.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
    await expect(engine.recordOf(other.callId)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
  });

  it('ends the calls whose dialogs the SIP server has lost, in conversation and while a REFER is open', async () => {
    const talking = await callThrough(engine, callers[0], bot);
    const transferring = await callThrough(engine, callers[1], bot);
    await engine.post(transferring.callId, transferTo('sip:agent@127.0.0.1:5998'));
    callers[1].respond(await callers[1].expect('REFER'), 202, { headers: [['Contact', callers[1].contact]] });
    const result = await reconciledAfter(engine, () => engine.replaceSipServer({ losesStore: true }));
    expect(result).toMatchObject({ endedDialogs: 0, lostLegs: 4 });
    for (const { callId } of [talking, transferring]) {
      expect(await webhook.expect(callId, 'conversationEnd')).toMatchObject({ value: { reasonCode: 'error' } });
      const { end, legs } = await engine.recordOf(callId);
      expect(end).toEqual({ reasonCode: 'error', reason: 'the SIP server has lost the caller’s dialog', by: 'fault' });
      expect(legs).toHaveLength(2);
    }
    expect(await engine.openWorkflows()).toEqual([]);
    const after = await callThrough(engine, callers[0], bot);
    expect(await reconciledAfter(engine, () => replaceWorker(engine))).toMatchObject({ ...NOTHING, calls: 1 });
    after.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
  });
});

describe('200 calls whose workflows were terminated', () => {
  const CALLS = 200;
  const PER_SECOND = 100;

  it('end one after the other, no faster than they may, and running ones are asked no faster', async () => {
    const webhook = await WebhookBot.open();
    const caller = await SipPeer.open();
    const engine = await Engine.start({ webhook: webhook.url, reconciliation: { graceS: 1, perSecond: PER_SECOND } });
    const byesAt: number[] = [];
    caller.whenever('BYE', (bye) => {
      byesAt.push(Date.now());
      caller.respond(bye, 200);
    });
    for (let placed = 0; placed < CALLS; placed++) {
      const dialog = caller.dial({ port: engine.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
      const ok = await caller.expect(200);
      dialog.confirm(ok);
      dialog.ack();
    }
    const { workflow } = await engine.client();
    const ids = await listed(engine, CALLS);
    const result = await reconciledAfter(engine, async () => {
      for (const id of ids) await workflow.getHandle(id).terminate('by hand');
      await replaceWorker(engine);
    });
    expect(result).toMatchObject({ endedDialogs: CALLS, lostLegs: 0 });
    await eventually(() => byesAt.length === CALLS, 'a BYE for each call');
    // Each call takes two turns: one to ask for it, one to end its leg.
    expect(Math.max(...byesAt) - Math.min(...byesAt)).toBeGreaterThan((2 * CALLS * 1_000 * 0.8) / PER_SECOND);
    await engine.stop();
    await caller.close();
    await webhook.close();
  });
});

async function listed(engine: Engine, count: number): Promise<string[]> {
  const ids = new Set<string>();
  const query = runningQuery({ type: CALL_WORKFLOW_TYPE, node: engine.node });
  const { workflow } = await engine.client();
  await eventually(async () => {
    for await (const { workflowId } of workflow.list({ query })) ids.add(workflowId);
    return ids.size === count;
  }, 'calls in the list');
  return [...ids];
}
