import { afterAll, describe, expect, it } from '@jest/globals';
import { CancelledFailure } from '@temporalio/activity';
import type { PostActivitiesInput } from '../../contracts/connector';
import * as messages from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { closeHarness, isConversing, withCall } from '../support/call-harness';
import { connectorInput, created, disconnects, holding, refused, told } from '../support/connector-call';

const held = { ...created, webSocketUrl: 'ws://bot/w', refreshUrl: 'http://bot/r', expiresS: 60 };
const createConversation = () => Promise.resolve(held);

afterAll(closeHarness);

describe('a conversation that is held', () => {
  it('waits with the start until the bot can push its answer, and is let go at the end', async () => {
    let wasLetGo: (err: unknown) => void = () => undefined;
    const letGo = new Promise((resolve) => (wasLetGo = resolve));
    const holdConversation = () =>
      holding().catch((err: unknown) => {
        wasLetGo(err);
        throw err;
      });
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.until(isConversing);
      expect(told(call)).toEqual([]);
      await call.handle.signal(messages.webSocketOpenedSignal);
      const pushed = {
        id: 'p1',
        type: 'event',
        name: 'transfer',
        activityParams: { transferTarget: 'sip:agent@peer' },
      };
      await call.handle.signal(messages.activitiesSentSignal, { activities: [pushed] });
      await call.handle.signal(messages.activitiesSentSignal, { activities: [pushed] });
      await call.until(({ phase }) => phase === 'transferring');
      await call.notify(200);
      await call.byeFrom('caller');
      await expect(call.result()).resolves.toMatchObject({ transfers: [{ activityId: 'p1' }] });
      expect(told(call)).toEqual([['start']]);
      await expect(letGo).resolves.toBeInstanceOf(CancelledFailure);
    };
    await withCall({ createConversation, holdConversation }, script, connectorInput());
  });

  it('goes on where its worker has died, without another word to the call', async () => {
    let tries = 0;
    const holdConversation = () => (++tries === 1 ? Promise.reject(new Error('died')) : holding());
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.handle.signal(messages.webSocketOpenedSignal);
      await call.until(() => tries === 2);
      await call.byeFrom('caller');
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
    };
    await withCall({ createConversation, holdConversation }, script, connectorInput());
  });

  it('is let go for the next run of the call, and held again there, due for a refresh', async () => {
    const heard = (call: CallUnderTest): string[] =>
      call.effects
        .filter(({ name }) => name === 'postActivities')
        .flatMap(({ input }) => (input as PostActivitiesInput).activities)
        .flatMap((event) => (event.name === 'DTMF' ? [event.value] : []));
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.until(isConversing);
      await call.handle.signal(messages.webSocketOpenedSignal);
      const pressed: string[] = [];
      for (let cseq = 1; (await call.histories()).length === 1; cseq++) {
        pressed.push(String(cseq));
        await call.handle.signal(messages.dtmfReceivedSignal, {
          leg: { kind: 'caller', attempt: 0 },
          request: { method: 'INFO', remoteTag: 'theirs', cseq },
          digits: String(cseq),
        });
      }
      await call.until(() => call.count('holdConversation') === 2);
      await call.byeFrom('caller');
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
      const holds = call.effects.filter(({ name }) => name === 'holdConversation').map(({ input }) => input);
      expect(holds).toMatchObject([{ refresh: { isDue: false } }, { refresh: { isDue: true } }]);
      expect([call.count('createConversation'), disconnects(call).length]).toEqual([1, 1]);
      expect(heard(call)).toEqual(pressed);
      const { timeline } = await call.handle.query(messages.botTimelineQuery);
      expect(timeline.map(({ n }) => n)).toEqual(Array.from({ length: pressed.length + 2 }, (_, i) => i + 1));
    };
    const input = { ...connectorInput(), historyEventsPerRun: 60 };
    await withCall({ createConversation, holdConversation: holding }, script, input);
  });

  it('tells its bot nothing in the next run before the WebSocket is open there', async () => {
    const press = (call: CallUnderTest, cseq: number): Promise<void> =>
      call.handle.signal(messages.dtmfReceivedSignal, {
        leg: { kind: 'caller', attempt: 0 },
        request: { method: 'INFO', remoteTag: 'theirs', cseq },
        digits: '5',
      });
    const posts = async (call: CallUnderTest): Promise<number> => {
      // Its answer comes after the workflow task that began whatever there was to begin.
      await call.handle.query(messages.callStateQuery);
      const events = (await call.histories()).at(-1)?.events ?? [];
      return events.filter(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'postActivities'
      ).length;
    };
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.until(isConversing);
      await call.handle.signal(messages.webSocketOpenedSignal);
      let cseq = 1;
      while ((await call.histories()).length === 1) await press(call, cseq++);
      await call.until(() => call.count('holdConversation') === 2);
      await press(call, cseq);
      expect(await posts(call)).toBe(0);
      await call.handle.signal(messages.webSocketOpenedSignal);
      expect(await posts(call)).toBeGreaterThan(0);
      await call.byeFrom('caller');
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
    };
    const input = { ...connectorInput(), historyEventsPerRun: 60 };
    await withCall({ createConversation, holdConversation: holding }, script, input);
  });

  it('is lost when the bot takes no refresh any more', async () => {
    const holdConversation = () => Promise.reject(refused({ status: 404 }));
    const script = async (call: CallUnderTest): Promise<void> => {
      await expect(call.result()).resolves.toMatchObject({
        end: { reasonCode: 'error', reason: 'the bot was lost: the bot answered no', by: 'bot' },
      });
    };
    await withCall({ createConversation, holdConversation }, script, connectorInput());
  });
});
