import { afterAll, beforeAll, beforeEach, afterEach, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, isOf, report, transferTo } from '../support/transfer-call';

/** What a transfer costs a call whose bot's words are read where they come in: by the API and the SIP ingress of the worker. */

const WITHIN = { withinMs: 30_000 };

let engine: Engine;
let bot: SipPeer;
let caller: SipPeer;

beforeAll(async () => {
  bot = await SipPeer.open();
  engine = await Engine.start({ bot: bot.uri('bot'), trunk: { allowTargets: ['@127.0.0.1'] } });
});

beforeEach(async () => {
  caller = await SipPeer.open();
});

afterEach(() => caller.close());

afterAll(async () => {
  await engine.stop();
  await bot.close();
});

async function overTheApi({ callId }: CallThroughEngine): Promise<void> {
  const taken = await fetch(`${engine.worker.apiUrl}/v1/calls/${callId}/activities`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: 0 })),
  });
  expect(taken.status).toBe(200);
}

async function byRefer({ botDialog }: CallThroughEngine): Promise<void> {
  botDialog.request('REFER', { headers: [['Refer-To', '<sip:agent@127.0.0.1:5998>']] });
  const answer = await bot.expect((message) => isOf(message, 'REFER') && message.status !== undefined, WITHIN);
  expect(answer.status).toBe(202);
}

/** The activities of a call that has ended, by their names, and the events of its history. */
async function costOf(callId: string): Promise<{ activities: string[]; events: number }> {
  const { workflow } = await engine.client();
  const { events } = await workflow.getHandle(`call-${callId}`).fetchHistory();
  const all = events ?? [];
  const activities = all.flatMap((event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? []);
  return { activities, events: all.length };
}

/** Of an activity and the workflow task after it: what each report costs that a bot gets of its own REFER. */
const EVENTS_OF_REPORT = 6;

it.each([
  ['over the API', overTheApi],
  ['by REFER', byRefer],
])('a transfer that its bot asks for %s is read without an activity of the call', async (_, ask) => {
  const call = await callThrough(engine, caller, bot);
  await ask(call);
  caller.respond(await caller.expect('REFER', WITHIN), 202, { headers: [['Contact', caller.contact]] });
  report(call.callerDialog, 200, 'OK');
  caller.whenever('BYE', (bye) => caller.respond(bye, 200));
  bot.respond(await bot.expect('BYE', WITHIN), 200);
  await engine.recordOf(call.callId, WITHIN.withinMs);
  const { activities, events } = await costOf(call.callId);
  expect(activities).not.toContain('readActivities');
  const reports = activities.filter((name) => name === 'sendReport').length;
  expect(events - reports * EVENTS_OF_REPORT).toBeLessThan(60);
});
