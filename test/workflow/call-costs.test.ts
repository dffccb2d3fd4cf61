import { afterAll, expect, it } from '@jest/globals';
import type { Activities } from '../../activities';
import { sendSaid } from '../../client/send-said';
import type { CallView } from '../../contracts/call';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, withCall } from '../support/call-harness';
import { readFor } from '../support/edge-reader';

/** Budgets: what a call costs Temporal when its bot's words are read at the edge. */

afterAll(closeHarness);

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

async function tasksOf({ handle }: CallUnderTest): Promise<number> {
  const { events } = await handle.fetchHistory();
  return events?.filter((event) => event.workflowTaskCompletedEventAttributes).length ?? 0;
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
      const before = await tasksOf(call);
      await ask(call);
      await answered(call);
      // Request, the REFER's answer, two reports of the peer.
      expect((await tasksOf(call)) - before - call.count('sendReport')).toBeLessThanOrEqual(4);
      await call.byeFrom('caller');
      await call.result();
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
    const before = await tasksOf(call);
    answer();
    await answered(call);
    await call.until(() => call.botEvents().some(({ name }) => name === 'transferStatus'));
    const deliveries = 2;
    expect((await tasksOf(call)) - before).toBeLessThanOrEqual(3 + deliveries);
    await call.byeFrom('caller');
    await call.result();
  });
});

it('a transfer by INVITE costs three workflow tasks: request, the target’s answer, the join', async () => {
  const input = callInput();
  delete input.channel.webhook;
  const script = async (call: CallUnderTest): Promise<void> => {
    await call.until(isConversing);
    const before = await tasksOf(call);
    const [said] = await readFor(call, toAgent({ transferMethod: 'invite', transferNotificationsHangupMS: 0 }));
    await sendSaid(call.handle, said!, 'transfer');
    await call.until(isConnected);
    // The last one sends the bot's BYE.
    expect((await tasksOf(call)) - before).toBeLessThanOrEqual(3 + call.count('endLeg'));
    await call.byeFrom('caller');
    await call.result();
    await expectWithinBudget(call);
  };
  await withCall({}, script, input);
});
