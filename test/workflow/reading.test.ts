import { afterAll, describe, expect, it } from '@jest/globals';
import type { Activities } from '../../activities';
import { readActivities } from '../../activities/bot/read-activities';
import { activitiesSentSignal, callStateQuery } from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, withCall } from '../support/call-harness';

const event = (name: string, over: object = {}) => ({ type: 'event', name, ...over });

afterAll(closeHarness);

describe('what a bot sends', () => {
  it('is read with the sessionParams of what came before, also while that is being read', async () => {
    let told = (): void => undefined;
    const bothSent = new Promise<void>((resolve) => (told = resolve));
    const slowly: Activities['readActivities'] = async (payload, context) => {
      await bothSent;
      return readActivities(payload, context);
    };
    const { channel } = callInput();
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.until(({ phase }) => phase === 'conversing');
      await call.handle.signal(
        activitiesSentSignal,
        event('config', { sessionParams: { transferTarget: 'sip:preset@peer' } })
      );
      await call.until(() => call.count('readActivities') === 1);
      await call.handle.signal(activitiesSentSignal, event('handover'));
      await call.handle.query(callStateQuery);
      told();
      const { transfers } = await call.until((view) => view.transfers.length === 1);
      expect(transfers).toMatchObject([{ target: 'sip:preset@peer' }]);
      await call.byeFrom('caller');
      await call.result();
    };
    // A bot that hears digits has its payloads read by an activity, beside which the call goes on.
    await withCall({ readActivities: slowly }, script, callInput({ channel: { ...channel, takesDtmf: true } }));
  });
});

it('has nothing but the record done by a local activity: a worker that is slow in the middle of one leaves the call stuck', async () => {
  const { channel, trunk } = callInput();
  const { leg: _, ...withoutLeg } = channel;
  const watched = { ...trunk, isWatched: true as const };
  const script = async (call: CallUnderTest): Promise<void> => {
    await call.until(({ phase }) => phase === 'conversing');
    await call.transfer({ transferMethod: 'invite', transferNotificationsHangupMS: 0 });
    await call.until(({ phase }) => phase === 'connected');
    await call.byeFrom('caller');
    await call.result();
    const { events } = await call.handle.fetchHistory();
    const scheduled = events?.map((each) => each.activityTaskScheduledEventAttributes?.activityType?.name);
    expect(scheduled).toEqual(expect.arrayContaining(['answerWithoutMedia', 'readActivities', 'checkTrunk']));
    expect(events?.filter((each) => each.markerRecordedEventAttributes)).toHaveLength(1);
  };
  await withCall({}, script, callInput({ channel: withoutLeg, trunk: watched }));
});
