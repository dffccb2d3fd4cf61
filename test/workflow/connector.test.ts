import { afterAll, describe, expect, it } from '@jest/globals';
import { CancelledFailure } from '@temporalio/activity';
import type { PostActivitiesInput } from '../../contracts/connector';
import * as messages from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { closeHarness, isConversing, leg, withCall } from '../support/call-harness';
import { connectorInput, created, disconnects, holding, refused, told } from '../support/connector-call';

const createConversation = () => Promise.resolve(created);

afterAll(closeHarness);

describe('a bot behind a connector', () => {
  it('is told what happens, has what it answers carried out in order, and is disconnected', async () => {
    const postActivities = ({ activities }: PostActivitiesInput) =>
      Promise.resolve(
        activities.some(({ name }) => name === 'start')
          ? [
              { type: 'message', text: 'Bye' },
              { type: 'event', name: 'hangup', activityParams: { hangupReason: 'said it' } },
            ]
          : []
      );
    const script = async (call: CallUnderTest): Promise<void> => {
      await expect(call.answer).resolves.toEqual({ sipStatus: 200, sdp: leg('caller').localSdp });
      await expect(call.result()).resolves.toMatchObject({
        end: { by: 'bot', reason: 'said it' },
        prompts: [{ content: 'Bye' }],
      });
      expect(told(call)).toEqual([['start']]);
      expect(disconnects(call)).toMatchObject([
        { url: 'http://bot/d', reasonCode: 'bot-disconnected', reason: 'said it' },
      ]);
    };
    await withCall({ createConversation, postActivities }, script, connectorInput());
  });

  it.each([
    [
      { status: 503, retryAfterS: 7 },
      { sipStatus: 503, retryAfterS: 7 },
    ],
    [{ status: 500 }, { sipStatus: 480 }],
  ])('that answers the creation with %j has its caller refused', async (refusal, answer) => {
    const script = async (call: CallUnderTest): Promise<void> => {
      await expect(call.answer).resolves.toEqual(answer);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'bot-unavailable', by: 'bot' } });
      expect([told(call), disconnects(call)]).toEqual([[], []]);
    };
    await withCall({ createConversation: () => Promise.reject(refused(refusal)) }, script, connectorInput());
  });

  it('that cannot be reached has its caller answered and handed over where the channel says to whom', async () => {
    const script = async (call: CallUnderTest): Promise<void> => {
      await expect(call.answer).resolves.toMatchObject({ sipStatus: 200 });
      await call.until(({ transfers }) => transfers.length === 1);
      await call.notify(200);
      await call.byeFrom('caller');
      await expect(call.result()).resolves.toMatchObject({
        end: { reasonCode: 'transferred' },
        transfers: [{ target: 'sip:people@peer', notifications: false }],
      });
      expect(told(call)).toEqual([]);
    };
    const failover = { transferTarget: 'sip:people@peer' };
    const create = () => Promise.reject(refused({ status: 500 }));
    await withCall({ createConversation: create }, script, connectorInput({ failover }));
  });

  it('that is lost ends the call with the reason of the channel', async () => {
    const postActivities = () => Promise.reject(refused({ status: 404 }));
    const script = async (call: CallUnderTest): Promise<void> => {
      await expect(call.result()).resolves.toMatchObject({
        end: { reasonCode: 'error', reason: 'call us again later', by: 'bot' },
      });
      expect(call.count('endLeg')).toBe(1);
      expect(disconnects(call)).toMatchObject([{ reasonCode: 'error' }]);
    };
    const failover = { hangupReason: 'call us again later' };
    await withCall({ createConversation, postActivities }, script, connectorInput({ failover }));
  });

  it('that is lost has its caller handed over, and nobody has the caller when the target fails', async () => {
    const postActivities = () => Promise.reject(refused({ status: 404 }));
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.until(({ phase }) => phase === 'transferring');
      await call.notify(486);
      await expect(call.result()).resolves.toMatchObject({
        end: { reasonCode: 'error', by: 'transfer' },
        transfers: [{ target: 'sip:people@peer', outcome: { reasonCode: 'busy' } }],
      });
    };
    const failover = { transferTarget: 'sip:people@peer' };
    await withCall({ createConversation, postActivities }, script, connectorInput({ failover }));
  });

  it('that is lost while a target rings is missed only when the target fails', async () => {
    let isDown = false;
    const postActivities = () => (isDown ? Promise.reject(refused({ status: 404 })) : Promise.resolve([]));
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.until(isConversing);
      await call.transfer();
      isDown = true;
      await call.handle.signal(messages.dtmfReceivedSignal, {
        leg: { kind: 'caller', attempt: 0 },
        request: { method: 'INFO', remoteTag: 'theirs', cseq: 90 },
        digits: '5',
      });
      const { phase } = await call.until(({ timeline }) => timeline.some(({ event }) => event === 'BotLost'));
      expect(phase).toBe('transferring');
      await call.notify(486);
      await call.until(({ transfers }) => transfers.length === 2);
      await call.notify(200);
      await call.byeFrom('caller');
      const { end, transfers } = await call.result();
      expect(end.reasonCode).toBe('transferred');
      expect(transfers.map(({ target }) => target)).toEqual(['sip:agent@peer', 'sip:people@peer']);
    };
    const failover = { transferTarget: 'sip:people@peer' };
    await withCall({ createConversation, postActivities }, script, connectorInput({ failover }));
  });

  it('does not hold up the end of a caller who gives up while it creates nothing', async () => {
    let isCreating = true;
    const never = async (): Promise<never> => {
      await holding().finally(() => (isCreating = false));
      throw new CancelledFailure('given up');
    };
    const script = async (call: CallUnderTest): Promise<void> => {
      await call.until(() => call.count('createConversation') === 1);
      await call.handle.signal(messages.callerCancelledSignal);
      await call.until(() => call.count('writeRecord') === 1);
      expect(isCreating).toBe(true);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'caller-cancelled' } });
      expect(disconnects(call)).toEqual([]);
    };
    await withCall({ createConversation: never }, script, connectorInput({ deadlineMs: 300_000 }));
  });

  it('is disconnected when it creates its conversation after the caller has given up', async () => {
    let create: () => void = () => undefined;
    const isAsked = new Promise<void>((asked) => {
      create = asked;
    });
    let answerCreation: (answer: typeof created) => void = () => undefined;
    const slowly = () =>
      new Promise<typeof created>((resolve) => {
        answerCreation = resolve;
        create();
      });
    const script = async (call: CallUnderTest): Promise<void> => {
      await isAsked;
      await call.handle.signal(messages.callerCancelledSignal);
      answerCreation(created);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'caller-cancelled' } });
      expect(told(call)).toEqual([]);
      expect(disconnects(call)).toMatchObject([{ reasonCode: 'client-disconnected' }]);
    };
    await withCall({ createConversation: slowly }, script, connectorInput());
  });
});
