import { afterAll, expect, it } from '@jest/globals';
import type { History } from '@temporalio/common/lib/proto-utils';
import type { Activities } from '../../activities';
import { sendSaid } from '../../client/send-said';
import type { CallView } from '../../contracts/call';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, withCall } from '../support/call-harness';
import { readFor } from '../support/edge-reader';

/** Budgets: what a call costs Temporal when its bot's words are read at the edge. */

afterAll(closeHarness);

type Event = NonNullable<History['events']>[number];

const isConversing = ({ phase }: CallView): boolean => phase === 'conversing';
const isConnected = ({ phase }: CallView): boolean => phase === 'connected';
const seen = (event: string, times: number) => (view: CallView) =>
  view.timeline.filter((entry) => entry.event === event).length >= times;

const toAgent = (params: object = {}) => ({
  type: 'event',
  name: 'transfer',
  id: 'transfer',
  activityParams: {
    transferTarget: 'sip:agent@peer',
    transferNotifications: true,
    transferNotificationsHangupMS: 100,
    ...params,
  },
});

const lengthOf = async ({ handle }: CallUnderTest): Promise<number> => (await handle.describe()).historyLength;

/** Workflow tasks after so many events, up to the one that deals with the last event of this kind. */
async function tasksBetween(
  { handle }: CallUnderTest,
  from: number,
  isLast: (event: Event, at: number, all: Event[]) => boolean
): Promise<number> {
  const { events } = await handle.fetchHistory();
  const all = events ?? [];
  const isTask = (event: Event): boolean => !!event.workflowTaskCompletedEventAttributes;
  const last = all.findLastIndex(isLast);
  const end = all.findIndex((event, at) => at > last && isTask(event));
  expect(last).toBeGreaterThan(from);
  return all.slice(from, end + 1).filter(isTask).length;
}

const isReport = (event: Event): boolean =>
  event.workflowExecutionSignaledEventAttributes?.signalName === 'referNotified';

/** Caller and target have been joined. */
function isJoined({ activityTaskCompletedEventAttributes: done }: Event, _: number, all: Event[]): boolean {
  const join = all.find((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'joinLegs');
  return done !== undefined && done !== null && String(done.scheduledEventId) === String(join?.eventId);
}

/** Of an activity and the workflow task after it: what each report costs that a bot gets of its own REFER. */
const EVENTS_OF_REPORT = 6;

async function expectWithinBudget(call: CallUnderTest): Promise<void> {
  const { historyLength, historySize = 0 } = await call.handle.describe();
  expect(historyLength - call.count('sendReport') * EVENTS_OF_REPORT).toBeLessThan(60);
  expect(historySize).toBeLessThan(30_000);
}

async function overTheApi(call: CallUnderTest): Promise<void> {
  const [said] = await readFor(call, toAgent());
  await sendSaid(call.handle, said!, 'transfer');
}

async function byRefer(call: CallUnderTest): Promise<void> {
  const activity = toAgent();
  const [said] = await readFor(call, activity);
  await sendSaid(call.handle, said!, 'transfer', { referCseq: 7, activity });
}

/** The rest of a transfer by REFER, each step in a task of its own. */
async function answered(call: CallUnderTest): Promise<void> {
  await call.until(seen('ReferAnswered', 1));
  await call.notify(100);
  await call.until(seen('ReferNotified', 1));
  await call.notify(200);
  await call.until(seen('ReferNotified', 2));
}

it.each([
  ['over the API', overTheApi],
  ['by REFER', byRefer],
])(
  'a transfer that a bot asks for %s costs four workflow tasks, and a call with one less than 60 events and 30 KB, reports to the bot apart',
  async (_, ask) => {
    const input = callInput();
    delete input.channel.webhook;
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.until(isConversing);
      const before = await lengthOf(call);
      await ask(call);
      await answered(call);
      await call.byeFrom('caller');
      await call.result();
      // Request, the REFER's answer, two reports of the peer.
      expect(await tasksBetween(call, before, isReport)).toBeLessThanOrEqual(4 + call.count('sendReport'));
      await expectWithinBudget(call);
    };
    await withCall({}, script, input);
  }
);

it('a transfer that a bot asks for in an answer of its webhook costs three workflow tasks besides the delivery', async () => {
  let answer = (): void => undefined;
  const isAnswered = new Promise<void>((resolve) => (answer = resolve));
  let said: Awaited<ReturnType<typeof readFor>> = [];
  const postEvents: Activities['postEvents'] = async ({ body }) => {
    const [event] = body.activities;
    if (event?.name !== 'start') return undefined;
    await isAnswered;
    return { said };
  };
  await withCall({ postEvents }, async (call) => {
    await call.until(isConversing);
    said = await readFor(call, toAgent());
    const before = await lengthOf(call);
    answer();
    await answered(call);
    await call.byeFrom('caller');
    await call.result();
    // The delivery's end is the request.
    expect(await tasksBetween(call, before, isReport)).toBeLessThanOrEqual(4);
  });
});

it('a transfer by INVITE costs three workflow tasks: request, the target’s answer, the join', async () => {
  const input = callInput();
  delete input.channel.webhook;
  const script = async (call: CallUnderTest): Promise<void> => {
    await call.until(isConversing);
    const before = await lengthOf(call);
    const [said] = await readFor(call, toAgent({ transferMethod: 'invite', transferNotificationsHangupMS: 0 }));
    await sendSaid(call.handle, said!, 'transfer');
    await call.until(isConnected);
    await call.byeFrom('caller');
    await call.result();
    expect(await tasksBetween(call, before, isJoined)).toBeLessThanOrEqual(3);
    await expectWithinBudget(call);
  };
  await withCall({}, script, input);
});
