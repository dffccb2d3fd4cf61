import { afterAll, describe, expect, it } from '@jest/globals';
import type { BotEvent } from '../../contracts/bot-events';
import * as messages from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, isConversing, withCall } from '../support/call-harness';

const send = (call: CallUnderTest, ...activities: object[]) =>
  call.handle.executeUpdate(messages.sendActivitiesUpdate, { args: [activities] });
const event = (name: string, more: object = {}) => ({ type: 'event', name, ...more });
const changes = (call: CallUnderTest): unknown[] =>
  call.botEvents().flatMap((each) => (each.name === 'paramChanged' ? [each.value] : []));

afterAll(closeHarness);

it('tells a bot of changes to the parameters that it watches, also when they fall back to their presets', async () => {
  const input = callInput();
  input.channel.presets = { language: 'de-DE', notifyParamChange: ['language', 'transferTarget'] };
  input.channel.dialect = 'dialogflow-cx';
  await withCall(
    {},
    async (call) => {
      await call.until(isConversing);
      const set = (sessionParams: object) => send(call, event('config', { sessionParams }));
      await set({ language: 'fr-FR', transferNotifications: true });
      await set({ language: 'fr-FR' });
      await set({ language: null, transferTarget: 'sip:desk@peer' });
      await set({ transferTarget: null });
      await call.byeFrom('caller');
      await call.result();
      expect(changes(call)).toEqual([
        { language: 'fr-FR' },
        { language: 'de-DE', transferTarget: 'sip:desk@peer' },
        { transferTarget: null },
      ]);
      const told = call.effects.filter(({ name }) => name === 'postEvents').map(({ input: sent }) => sent);
      expect(told[1]).toMatchObject({ language: 'fr-FR' });
    },
    input
  );
});

describe('a delay', () => {
  it('holds up what stands behind it in the same payload and nothing else, in order, and each once', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      const list = [
        event('sendDtmf', { activityParams: { dtmfDigits: '1' }, id: 'first' }),
        event('sendDtmf', { activityParams: { dtmfDigits: '2' }, id: 'second', delay: 3_000 }),
        event('hangup', { id: 'third' }),
      ];
      const receipts = await send(call, ...list);
      expect(receipts.map(({ status }) => status)).toEqual(['accepted', 'delayed', 'delayed']);
      await send(call, ...list);
      await send(call, event('sendDtmf', { activityParams: { dtmfDigits: '3' } }));
      await expect(call.result()).resolves.toMatchObject({ end: { by: 'bot' } });
      const digits = call.effects
        .filter(({ name }) => name === 'sendInfo')
        .map(({ input }) => (input as { body: string }).body[7]);
      expect(digits).toEqual(['1', '3', '2']);
    });
  });

  it('ends with the call', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await send(call, event('transfer', { activityParams: { transferTarget: 'sip:agent@peer' }, delay: 60_000 }));
      await call.byeFrom('caller');
      const { transfers } = await call.result();
      expect(transfers).toEqual([]);
    });
  });

  it('goes over into the next run of a long call', async () => {
    await withCall(
      {},
      async (call) => {
        await call.until(isConversing);
        await send(call, event('sendDtmf', { activityParams: { dtmfDigits: '7' }, delay: 10_000 }), event('hangup'));
        for (let cseq = 1; (await call.histories()).length === 1; cseq++)
          await call.handle.signal(messages.dtmfReceivedSignal, {
            leg: { kind: 'caller', attempt: 0 },
            request: { method: 'INFO', remoteTag: 'theirs', cseq },
            digits: '1',
          });
        expect(call.count('sendInfo')).toBe(0);
        await expect(call.result()).resolves.toMatchObject({ end: { by: 'bot' } });
        expect(call.count('sendInfo')).toBe(1);
      },
      callInput({ historyEventsPerRun: 60 })
    );
  });

  it('is told as a failed transfer when its activity is refused in the end', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await send(call, event('cancelTransfer', { delay: 10 }), event('hangup'));
      await call.until(() => call.botEvents().some(({ name }) => name === 'transferStatus'));
      await call.until(isConversing);
      await call.byeFrom('caller');
      await call.result();
      const status = call.botEvents().find(({ name }) => name === 'transferStatus') as BotEvent & { value: object };
      expect(status.value).toMatchObject({ status: 'failed', reasonCode: 'error' });
    });
  });
});

describe('what a bot answers to its events', () => {
  it('is carried out in order', async () => {
    const answers: Record<string, unknown> = {
      start: {
        activities: [
          event('transfer', { activityParams: { transferTarget: 'sip:a@peer', transferNotifications: true } }),
        ],
      },
      transferStatus: [{ type: 'message', text: 'Nobody is free.' }, event('hangup')],
    };
    const postEvents = ({ body }: { body: { activities: BotEvent[] } }) =>
      Promise.resolve(body.activities.flatMap(({ name }) => answers[name] ?? []));
    await withCall({ postEvents }, async (call) => {
      await call.until(({ phase }) => phase === 'transferring');
      await call.notify(486);
      await expect(call.result()).resolves.toMatchObject({
        end: { by: 'bot' },
        prompts: [{ content: 'Nobody is free.' }],
      });
    });
  });

  it('is refused only so often, when it is the same mistake each time', async () => {
    const postEvents = () => Promise.resolve([{ activities: [{ type: 'dance' }] }]);
    await withCall({ postEvents }, async (call) => {
      const isRefused = ({ event: name }: { event: string }): boolean => name === 'ActivitiesRefused';
      await call.until(({ timeline }) => timeline.filter(isRefused).length === 21);
      await call.byeFrom('caller');
      await call.result();
      expect(call.botEvents().filter(({ name }) => name === 'transferStatus')).toHaveLength(20);
    });
  });
});
