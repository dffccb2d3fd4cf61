import { afterAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { CallInput } from '../../contracts/call';
import type { ConnectorOfCall, DisconnectInput, PostActivitiesInput } from '../../contracts/connector';
import { FAILURE } from '../../contracts/failures';
import * as messages from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, leg, withCall } from '../support/call-harness';

const isConversing = (view: { phase: string }): boolean => view.phase === 'conversing';

function connectorCall(over: Partial<ConnectorOfCall> = {}): CallInput {
  const { channel, ...input } = callInput();
  const { leg: _, webhook: __, ...rest } = channel;
  const connector = {
    url: 'http://bot/',
    bot: 'b',
    offersWebSocket: true,
    timeoutMs: 1_000,
    deadlineMs: 2_000,
    ...over,
  };
  return { ...input, channel: { ...rest, connector } };
}

const refused = (refusal: object) =>
  ApplicationFailure.create({
    type: FAILURE.BOT_UNREACHABLE,
    message: 'the bot answered no',
    nonRetryable: true,
    details: [refusal],
  });

/** What the bot was told, each with its names. */
const told = (call: CallUnderTest): string[][] =>
  call.effects
    .filter(({ name }) => name === 'postActivities')
    .map(({ input }) => (input as PostActivitiesInput).activities.map(({ name }) => name));

const disconnects = (call: CallUnderTest): DisconnectInput[] =>
  call.effects.filter(({ name }) => name === 'disconnectConversation').map(({ input }) => input as DisconnectInput);

const created = { activitiesUrl: 'http://bot/a', disconnectUrl: 'http://bot/d' };
const createConversation = () => Promise.resolve(created);
const held = { ...created, webSocketUrl: 'ws://bot/w', refreshUrl: 'http://bot/r', expiresS: 60 };
const holding = async (): Promise<void> => {
  const heartbeats = setInterval(() => Context.current().heartbeat(), 100);
  await Context.current().cancelled.finally(() => clearInterval(heartbeats));
};

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
    await withCall({ createConversation, postActivities }, script, connectorCall());
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
    await withCall({ createConversation: () => Promise.reject(refused(refusal)) }, script, connectorCall());
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
    await withCall({ createConversation: create }, script, connectorCall({ failover }));
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
    await withCall({ createConversation, postActivities }, script, connectorCall({ failover }));
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
    await withCall({ createConversation, postActivities }, script, connectorCall({ failover }));
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
    await withCall({ createConversation, postActivities }, script, connectorCall({ failover }));
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
    await withCall({ createConversation: never }, script, connectorCall({ deadlineMs: 300_000 }));
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
    await withCall({ createConversation: slowly }, script, connectorCall());
  });
});

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
    await withCall({ createConversation: () => Promise.resolve(held), holdConversation }, script, connectorCall());
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
    await withCall({ createConversation: () => Promise.resolve(held), holdConversation }, script, connectorCall());
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
    const input = { ...connectorCall(), historyEventsPerRun: 60 };
    await withCall({ createConversation: () => Promise.resolve(held), holdConversation: holding }, script, input);
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
    const input = { ...connectorCall(), historyEventsPerRun: 60 };
    await withCall({ createConversation: () => Promise.resolve(held), holdConversation: holding }, script, input);
  });

  it('is lost when the bot takes no refresh any more', async () => {
    const holdConversation = () => Promise.reject(refused({ status: 404 }));
    const script = async (call: CallUnderTest): Promise<void> => {
      await expect(call.result()).resolves.toMatchObject({
        end: { reasonCode: 'error', reason: 'the bot was lost: the bot answered no', by: 'bot' },
      });
    };
    await withCall({ createConversation: () => Promise.resolve(held), holdConversation }, script, connectorCall());
  });
});
