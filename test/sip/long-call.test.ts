import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { historiesOfRuns } from '../../client/histories/runs';
import { callWorkflowId, isCallId } from '../../contracts/ids';
import { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import type { ReceivedMessage } from '../support/sip-peer';
import { cseqOf, SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, isOf, notify, transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

/** `LONG_CALL_KEYS=5000 npm test -- --selectProjects sip --testPathPatterns sip/long-call` for the long one. */
const KEYS = Number(process.env['LONG_CALL_KEYS'] ?? 600);
const ACTIVITIES = KEYS / 2;

/** Keys whose INFOs are on their way at a time. */
const KEYS_AT_ONCE = 3;

const EVENTS_PER_RUN = Math.max(600, Math.round(KEYS / 3));

let engine: Engine;
let bot: SipPeer;
let caller: SipPeer;
let webhook: WebhookBot;

beforeAll(async () => {
  [bot, caller, webhook] = [await SipPeer.open(), await SipPeer.open(), await WebhookBot.open()];
  engine = await Engine.start({
    bot: bot.uri('bot'),
    webhook: webhook.url,
    trunk: { allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'] },
    channel: { takesDtmf: true },
    api: { rateLimit: { perSecond: 1_000, burst: 1_000 } },
    calls: { historyEventsPerRun: EVENTS_PER_RUN },
  });
});

afterAll(async () => {
  await engine.stop();
  await Promise.all([bot.close(), caller.close(), webhook.close()]);
});

/** The n-th key of the call. */
const key = (n: number): string => '0123456789ABCD*#'[n % 16] ?? '';
const relay = (digit: string): string => `Signal=${digit}\r\nDuration=160\r\n`;

/** INFOs of the caller, a few at a time, and their answers. */
class Keypad {
  readonly pressed: string[] = [];
  readonly statuses: number[] = [];
  readonly #answered = new Map<number, (answer: ReceivedMessage) => void>();

  constructor(private readonly call: CallThroughEngine) {
    call.caller.whenever(
      (message) => message.status !== undefined && isOf(message, 'INFO'),
      (answer) => this.#answered.get(cseqOf(answer).number)?.(answer)
    );
  }

  async press(count: number): Promise<void> {
    const underWay = new Set<Promise<unknown>>();
    for (let n = 0; n < count; n++) {
      if (underWay.size >= KEYS_AT_ONCE) await Promise.race(underWay);
      const one: Promise<unknown> = this.#one().finally(() => underWay.delete(one));
      underWay.add(one);
    }
    await Promise.all(underWay);
  }

  async #one(): Promise<void> {
    const digit = key(this.pressed.length);
    this.pressed.push(digit);
    const { callerDialog } = this.call;
    callerDialog.request('INFO', { body: relay(digit), contentType: 'application/dtmf-relay' });
    const cseq = callerDialog.cseq;
    const answer = await new Promise<ReceivedMessage>((resolve) => this.#answered.set(cseq, resolve));
    this.statuses.push(answer.status ?? 0);
  }
}

/** Activities of the bot, one after the other, each of them sent a second time now and then. */
async function sendActivities(callId: string, prefix: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const activity = {
      type: 'event',
      name: 'sendDtmf',
      id: `${prefix}${n}`,
      activityParams: { dtmfDigits: key(n % 10) },
    };
    expect((await engine.post(callId, activity)).status).toBe(200);
    if (n % 10 === 0) expect((await engine.post(callId, activity)).status).toBe(200);
  }
}

async function runsOf(callId: string): Promise<{ events: number[]; listed: WorkflowExecutionInfo[] }> {
  if (!isCallId(callId)) throw new Error('no call id');
  const { workflow } = await engine.client();
  const workflowId = callWorkflowId(callId);
  const runs = await historiesOfRuns((runId) => workflow.getHandle(workflowId, runId).fetchHistory());
  const listed: WorkflowExecutionInfo[] = [];
  for await (const run of workflow.list({ query: `WorkflowId = '${workflowId}'` })) listed.push(run);
  return { events: runs.map(({ events }) => events?.length ?? 0), listed };
}

/** What the list of calls says of this one, on whatever page: other tests have calls in it, too. */
async function listed(callId: string): Promise<object[]> {
  const found: { callId: string }[] = [];
  for (let token: string | undefined = ''; token !== undefined;) {
    const query = new URLSearchParams({ pageSize: '200', ...(token === '' ? {} : { pageToken: token }) });
    const page = await (await engine.api(`/v1/calls?${String(query)}`)).json();
    const { calls, nextPageToken } = page as { calls: { callId: string }[]; nextPageToken?: string };
    found.push(...calls);
    token = nextPageToken;
  }
  return found.filter((each) => each.callId === callId);
}

it(
  'keeps a long call whole over many runs: keys, activities, a transfer that fails and one that succeeds',
  async () => {
    const heardByCaller: ReceivedMessage[] = [];
    caller.whenever('INFO', (info) => {
      heardByCaller.push(info);
      caller.respond(info, 200);
    });
    bot.whenever('INFO', (info) => bot.respond(info, 200));
    const call = await callThrough(engine, caller, bot);
    const { callId } = call;
    const keypad = new Keypad(call);
    const refer = async (): Promise<ReceivedMessage> => {
      const params = { transferNotificationsHangupMS: 100 };
      expect((await engine.post(callId, transferTo(caller.uri('agent'), params))).status).toBe(200);
      const request = await caller.expect('REFER');
      caller.respond(request, 202);
      return request;
    };

    await Promise.all([keypad.press(KEYS / 2), sendActivities(callId, 'a', ACTIVITIES / 2)]);
    const failing = await refer();
    await Promise.all([keypad.press(10), notify(call, 486, 'Busy Here', failing)]);
    expect(await webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { status: 'failed' } });
    await Promise.all([keypad.press(KEYS / 2), sendActivities(callId, 'b', ACTIVITIES / 2)]);
    await eventually(() => heardByCaller.length === ACTIVITIES, 'every digit of the bot at the caller');
    const watched = await engine.view(callId);
    await notify(call, 200, 'OK', await refer());
    expect(await webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
    call.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
    const record = await engine.recordOf(callId);

    const events = webhook.bodies.flatMap(({ activities }) => activities);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(events.flatMap((event) => (event.name === 'DTMF' ? [event.value] : []))).toEqual(keypad.pressed);
    expect(keypad.statuses).toEqual(keypad.pressed.map(() => 200));
    const half = ACTIVITIES / 2;
    const sent = Array.from({ length: ACTIVITIES }, (_, n) => relay(key((n % half) % 10)));
    expect(heardByCaller.map(({ body }) => body)).toEqual(sent);
    expect(caller.count('REFER')).toBe(2);
    expect(record).toMatchObject({
      end: { reasonCode: 'transferred' },
      startedAt: watched.startedAt,
      transfers: [{ outcome: { status: 'failed', reasonCode: 'busy' } }, { outcome: { status: 'answered' } }],
    });

    const runs = await runsOf(callId);
    expect(runs.events.length).toBeGreaterThan(2);
    expect(Math.max(...runs.events)).toBeLessThan(EVENTS_PER_RUN + 400);
    expect(runs.listed.filter(({ status }) => status.name === 'CONTINUED_AS_NEW')).toHaveLength(runs.events.length - 1);
    expect(await listed(callId)).toMatchObject([{ startedAt: record.startedAt }]);
    expect(engine.worker.log()).not.toMatch(/"level":(50|60)/);
  },
  120_000 + KEYS * 200
);
