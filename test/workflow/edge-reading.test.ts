import { afterAll, describe, expect, it } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import type { Activities } from '../../activities';
import { readAndName } from '../../activities/bot/read-and-name';
import { sendSaid } from '../../client/send-said';
import type { CallView } from '../../contracts/call';
import type { EdgeReading } from '../../contracts/edge-reading';
import type { ReadPayload } from '../../contracts/messages';
import * as messages from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, withCall } from '../support/call-harness';
import { readerOf, readFor } from '../support/edge-reader';
import { bundleOf, workflowBundle } from '../support/workflow-bundle';
import { WorkflowHost } from '../support/workflow-host';

const event = (name: string, over: object = {}) => ({ type: 'event', name, ...over });
const config = (sessionParams: object) => event('config', { sessionParams });
const isConversing = ({ phase }: CallView): boolean => phase === 'conversing';

afterAll(closeHarness);

async function readingOf(call: CallUnderTest, payload: unknown): Promise<EdgeReading> {
  const [said] = await readFor(call, payload);
  return said!.edge;
}

const sendRead = ({ handle }: CallUnderTest, read: ReadPayload): Promise<messages.ActivityReceipt[]> =>
  handle.executeUpdate(messages.sendReadActivitiesUpdate, { args: [read] });

async function ended(call: CallUnderTest): Promise<void> {
  await call.byeFrom('caller');
  await call.result();
}

const TO_AGENT = event('transfer', { activityParams: { transferTarget: 'sip:agent@peer' } });

describe('what has been read at the edge', () => {
  it('is carried out without an activity, also with parameters that were read at the edge before', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      const reader = readerOf(call);
      const given = config({ transferTarget: 'sip:preset@peer' });
      const edges = await reader.readInOrder('', [given, event('handover')]);
      const [first, second] = edges;
      if (!first || !second) throw new Error('not all were read');
      await sendRead(call, { payload: given, edge: first });
      expect(await sendRead(call, { payload: event('handover'), edge: second })).toMatchObject([
        { status: 'accepted' },
      ]);
      const { transfers } = await call.until((view) => view.transfers.length === 1);
      expect(transfers).toMatchObject([{ target: 'sip:preset@peer' }]);
      await ended(call);
      expect(call.count('readActivities')).toBe(0);
    });
  });

  it('is read anew when other parameters have come since', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      const [early] = await readFor(call, config({ transferTarget: 'sip:early@peer' }));
      const [, stale] = await readFor(call, config({ transferTarget: 'sip:never@peer' }), event('handover'));
      await sendRead(call, early!);
      await sendRead(call, stale!);
      const { transfers } = await call.until((view) => view.transfers.length === 1);
      expect(transfers).toMatchObject([{ target: 'sip:early@peer' }]);
      await ended(call);
      expect(call.count('readActivities')).toBe(1);
    });
  });

  it.each([
    ['holds when that leaves the parameters as they were', 'sip:preset@peer', 1, {}],
    ['is read anew when that leaves other ones', 'sip:given@peer', 2, { transferTarget: 'sip:given@peer' }],
  ])('waits for what is being read, and %s', async (_, target, readings, sessionParams) => {
    let goOn = (): void => undefined;
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
    const slowly: Activities['readActivities'] = async (payload, context) => {
      await mayGoOn;
      return readAndName(payload, context);
    };
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.until(isConversing);
      const edge = await readingOf(call, event('handover'));
      await call.handle.signal(messages.activitiesSentSignal, config(sessionParams));
      await call.until(() => call.count('readActivities') === 1);
      const sending = sendRead(call, { payload: event('handover'), edge });
      expect((await call.handle.query(messages.callStateQuery)).transfers).toEqual([]);
      goOn();
      await sending;
      expect((await call.handle.query(messages.callStateQuery)).transfers).toMatchObject([{ target }]);
      await ended(call);
      expect(call.count('readActivities')).toBe(readings);
    };
    const { channel } = callInput();
    const presets = { transferTarget: 'sip:preset@peer' };
    await withCall({ readActivities: slowly }, script, callInput({ channel: { ...channel, presets } }));
  });

  it('refuses and notes a transfer to a target that the trunk denies, as if the call had read it', async () => {
    const { trunk } = callInput();
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.until(isConversing);
      const edge = await readingOf(call, TO_AGENT);
      await expect(sendRead(call, { payload: TO_AGENT, edge })).rejects.toMatchObject({
        cause: { type: 'InvalidActivity' },
      });
      await call.byeFrom('caller');
      expect((await call.result()).refused).toHaveLength(1);
      expect(call.count('readActivities')).toBe(0);
    };
    await withCall({}, script, callInput({ trunk: { ...trunk, allowTargets: ['^sip:nobody@'] } }));
  });

  it('holds in the next run of a long call while the parameters are the same', async () => {
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.until(isConversing);
      const [first, second] = await readFor(call, config({ transferTarget: 'sip:preset@peer' }), event('handover'));
      await sendRead(call, first!);
      for (let n = 1; (await call.histories()).length === 1; n++) {
        await call.handle.signal(
          messages.activitiesSentSignal,
          event('sendDtmf', { activityParams: { dtmfDigits: '1' } })
        );
        await call.until(() => call.count('sendInfo') === n);
      }
      const unread = call.count('readActivities');
      await sendRead(call, second!);
      expect((await call.handle.query(messages.callStateQuery)).transfers).toMatchObject([
        { target: 'sip:preset@peer' },
      ]);
      await ended(call);
      expect(call.count('readActivities')).toBe(unread);
    };
    await withCall({}, script, callInput({ historyEventsPerRun: 30 }));
  });

  it('may come as a signal, and what is malformed in it is read by the call', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      const payload = event('sendDtmf', { activityParams: { dtmfDigits: '12' } });
      await call.handle.signal(messages.activitiesSentSignal, payload, await readingOf(call, payload));
      await call.until(() => call.count('sendInfo') === 2);
      expect(call.count('readActivities')).toBe(0);
      const malformed = { asOf: '', reading: { activities: [{}] } } as unknown as EdgeReading;
      await call.handle.signal(messages.activitiesSentSignal, payload, malformed);
      await call.until(() => call.count('sendInfo') === 4);
      expect(call.count('readActivities')).toBe(1);
      await expect(sendRead(call, { payload, edge: malformed })).rejects.toMatchObject({
        cause: { type: 'InvalidActivity' },
      });
      await ended(call);
    });
  });

  it('may come with the answers of a webhook', async () => {
    const { channel } = callInput();
    let answers = (): ReturnType<Activities['postEvents']> => Promise.resolve(undefined);
    const postEvents: Activities['postEvents'] = ({ body }) =>
      body.activities[0]?.name === 'DTMF' ? answers() : Promise.resolve(undefined);
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.until(isConversing);
      const said = await readFor(call, config({ transferTarget: 'sip:preset@peer' }), event('handover'));
      answers = () => Promise.resolve({ said });
      await call.handle.signal(messages.dtmfReceivedSignal, {
        leg: { kind: 'caller', attempt: 0 },
        request: { method: 'INFO', remoteTag: 'theirs', cseq: 100 },
        digits: '1',
      });
      const { transfers } = await call.until((view) => view.transfers.length === 1);
      expect(transfers).toMatchObject([{ target: 'sip:preset@peer' }]);
      await ended(call);
      expect(call.count('readActivities')).toBe(0);
    };
    await withCall({ postEvents }, script, callInput({ channel: { ...channel, takesDtmf: true } }));
  });
});

it('replays what was read at the edge and by activities while the call was asked without a pause', async () => {
  const { channel } = callInput();
  const script = async (call: CallUnderTest): Promise<void> => {
    await call.until(isConversing);
    let isAsking = true;
    const asking = Array.from({ length: 4 }, async () => {
      while (isAsking) await call.handle.query(messages.callStateQuery);
    });
    const reader = readerOf(call);
    const digit = (n: number) =>
      event('sendDtmf', { id: `d${n}`, sessionParams: { n: n - (n % 3) }, activityParams: { dtmfDigits: '1' } });
    for (let n = 0; n < 40; n++) {
      const payload = digit(n);
      const edge = n % 2 === 0 ? await reader.read('', payload) : undefined;
      await sendSaid(call.handle, edge ? { payload, edge } : { payload }, `update-${n}`);
    }
    await call.until(() => call.count('sendInfo') === 40);
    isAsking = false;
    await Promise.all(asking);
    await ended(call);
    expect(call.count('readActivities')).toBeGreaterThan(20);
    expect(call.count('readActivities')).toBeLessThan(40);
    const history = await call.handle.fetchHistory();
    await expect(Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history)).resolves.toBeUndefined();
  };
  await withCall({}, script, callInput({ channel: { ...channel, takesDtmf: true } }));
});

it('is read by the call where that is carried by a worker of an older version', async () => {
  const host = await WorkflowHost.open(undefined, await bundleOf('test/support/older-version/workflows.ts'));
  const script = async (call: CallUnderTest): Promise<void> => {
    await call.until(isConversing);
    const edge = await readingOf(call, TO_AGENT);
    expect(await sendSaid(call.handle, { payload: TO_AGENT, edge }, 'a')).toMatchObject([{ status: 'accepted' }]);
    const refer = { referCseq: 7, activity: { ...TO_AGENT, id: 'b' } };
    const again = { payload: refer.activity, edge: await readingOf(call, refer.activity) };
    expect(await sendSaid(call.handle, again, 'b', refer)).toMatchObject([{ status: 'joined' }]);
    expect(call.count('readActivities')).toBe(2);
    await ended(call);
  };
  try {
    await withCall({}, script, callInput(), host);
  } finally {
    await host.close();
  }
});
