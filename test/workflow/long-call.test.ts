import { afterAll, describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import type { History } from '@temporalio/common/lib/proto-utils';
import { optionalTsToMs, requiredTsToDate } from '@temporalio/common/lib/time';
import type { SendInfoInput, SendReferInput } from '../../contracts/activities-sip';
import type { CallInput } from '../../contracts/call';
import { recordKey } from '../../contracts/ids';
import type { RequestKey } from '../../contracts/leg';
import * as messages from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, isConversing, withCall } from '../support/call-harness';

const EVENTS_PER_RUN = 100;

/** What a run may have beyond that before it comes to rest. */
const EVENTS_UNTIL_CALM = 300;

const input = (over: Partial<CallInput> = {}): CallInput => callInput({ historyEventsPerRun: EVENTS_PER_RUN, ...over });

const info = (cseq: number): RequestKey => ({ method: 'INFO', remoteTag: 'theirs', cseq });
const texts = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

/** The caller presses keys, one after the other. */
async function press({ handle }: CallUnderTest, digits: readonly string[], firstCseq = 1): Promise<void> {
  for (const [n, each] of digits.entries())
    await handle.signal(messages.dtmfReceivedSignal, {
      leg: { kind: 'caller', attempt: 0 },
      request: info(firstCseq + n),
      digits: each,
    });
}

const send = ({ handle }: CallUnderTest, activity: object, updateId?: string) =>
  handle.executeUpdate(messages.sendActivitiesUpdate, {
    args: [activity],
    ...(updateId === undefined ? {} : { updateId }),
  });

const digit = (id: string) => ({ type: 'event', name: 'sendDtmf', id, activityParams: { dtmfDigits: '7' } });
const runCount = async (call: CallUnderTest): Promise<number> => (await call.histories()).length;

/** Presses keys until the call is in another run. */
async function untilNextRun(call: CallUnderTest, prefix: string): Promise<string[]> {
  const pressed: string[] = [];
  for (const runs = await runCount(call); (await runCount(call)) === runs;) {
    const some = texts(`${prefix}${pressed.length}-`, 10);
    await press(call, some, 1_000 + pressed.length);
    pressed.push(...some);
  }
  return pressed;
}

const heardDigits = (call: CallUnderTest): string[] =>
  call.botEvents().flatMap((event) => (event.name === 'DTMF' ? [event.value] : []));
const sentInfos = (call: CallUnderTest): SendInfoInput[] =>
  call.effects.filter(({ name }) => name === 'sendInfo').map(({ input: sent }) => sent as SendInfoInput);
const eventsOf = (run: History): number => run.events?.length ?? 0;

afterAll(closeHarness);

describe('a long call', () => {
  it('goes on in further runs while keys are pressed and the bot sends, and nothing is lost or comes twice', async () => {
    await withCall(
      {},
      async (call) => {
        await call.until(isConversing);
        const keys = texts('k', 120);
        const busy = press(call, keys);
        for (const id of texts('a', 50)) await send(call, digit(id));
        await busy;
        await call.until(() => call.count('sendInfo') === 50);
        await call.transfer();
        await call.notify(486);
        await call.until(isConversing);
        const more = texts('m', 50);
        await press(call, more, 1 + keys.length);
        await call.transfer({ transferTarget: 'sip:second@peer', transferNotificationsHangupMS: 100 });
        await call.notify(200, { referCseq: 7 });
        await call.byeFrom('caller');
        const record = await call.result();

        expect(heardDigits(call)).toEqual([...keys, ...more]);
        expect(new Set(call.botEvents().map(({ id }) => id)).size).toBe(call.botEvents().length);
        expect(sentInfos(call).map(({ effectId }) => effectId)).toEqual(
          texts('', 50).map((n) => `${record.callId}/info-caller/${Number(n) + 1}`)
        );
        const refers = call.effects.filter(({ name }) => name === 'sendRefer');
        expect(refers.map(({ input: refer }) => (refer as SendReferInput).effectId)).toEqual([
          `${record.callId}/refer/1`,
          `${record.callId}/refer/2`,
        ]);
        expect(record.transfers.map(({ outcome }) => outcome?.status)).toEqual(['failed', 'answered']);

        const runs = await call.histories();
        expect(runs.length).toBeGreaterThan(3);
        expect(Math.max(...runs.map(eventsOf))).toBeLessThan(EVENTS_PER_RUN + EVENTS_UNTIL_CALM);
        const startedAt = requiredTsToDate(runs[0]?.events?.[0]?.eventTime, 'eventTime');
        expect(record.key).toBe(recordKey(input().callId, startedAt).replace(/^[a-z2-7]+/, record.callId));
        expect(record.startedAt).toBe(startedAt.toISOString());
      },
      input()
    );
  });

  it('knows in a later run what it was told before: activities, requests, the answer to the caller, parameters', async () => {
    await withCall(
      {},
      async (call) => {
        await call.until(isConversing);
        await send(call, { ...digit('once'), sessionParams: { transferNotificationsHangupMS: 50 } }, 'update-1');
        await press(call, ['first']);
        const view = await call.until(({ timeline }) => timeline.length > 0);
        await untilNextRun(call, 'x');
        await expect(send(call, digit('once'), 'update-1')).resolves.toEqual([
          { id: 'once', name: 'sendDtmf', status: 'accepted' },
        ]);
        await press(call, ['again']);
        await expect(
          call.handle.executeUpdate(messages.awaitAnswerUpdate, { updateId: messages.ANSWER_UPDATE_ID })
        ).resolves.toEqual({ sipStatus: 200, sdp: 'v=0 to caller' });
        const later = await call.until(isConversing);
        expect(later).toMatchObject({ startedAt: view.startedAt, answeredAt: view.answeredAt, caller: '+4930111' });
        expect(later.timeline.slice(0, view.timeline.length)).toEqual(view.timeline);
        await call.byeFrom('caller');
        await call.result();
        expect(sentInfos(call)).toHaveLength(1);
        expect(heardDigits(call).filter((value) => value === 'first' || value === 'again')).toEqual(['first']);
      },
      input()
    );
  });

  it('waits for a POST that is under way, and what comes meanwhile is told by the next run', async () => {
    let release = (): void => undefined;
    const held = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
    const whileAlive = (): Promise<undefined> => {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), 100);
      return held.finally(() => clearInterval(beat));
    };
    let posts = 0;
    await withCall(
      { postEvents: () => (++posts === 2 ? whileAlive() : Promise.resolve(undefined)) },
      async (call) => {
        await call.until(isConversing);
        const keys = texts('k', EVENTS_PER_RUN);
        await press(call, keys);
        await call.until(() => true);
        expect(await runCount(call)).toBe(1);
        release();
        while ((await runCount(call)) === 1) await call.until(() => true);
        await call.byeFrom('caller');
        await call.result();
        expect(heardDigits(call)).toEqual(keys);
      },
      input()
    );
  });

  it('ends when it has lasted as long as it may, counted from its first run', async () => {
    const maxCallMs = 8_000;
    await withCall(
      {},
      async (call) => {
        await call.until(isConversing);
        await untilNextRun(call, 'k');
        await expect(call.result()).resolves.toMatchObject({ end: { by: 'limit' } });
        const timers = (await call.histories()).map(({ events }) =>
          optionalTsToMs(
            events?.find(({ timerStartedEventAttributes }) => timerStartedEventAttributes)?.timerStartedEventAttributes
              ?.startToFireTimeout
          )
        );
        expect(timers[0]).toBe(maxCallMs);
        expect(timers.at(-1)).toBeLessThan(maxCallMs);
      },
      input({ trunk: { ...input().trunk, maxCallMs } })
    );
  });

  it('goes on while caller and target talk, and ends when one of them leaves', async () => {
    const base = input();
    await withCall(
      {},
      async (call) => {
        await call.until(isConversing);
        await call.transfer({ transferNotificationsHangupMS: 0 });
        await call.until(({ phase }) => phase === 'connected');
        for (let n = 0; (await runCount(call)) === 1; n++) await send(call, digit(`d${n}`));
        await call.handle.signal(messages.dialogEndedSignal, {
          leg: { kind: 'target', attempt: 1 },
          request: { method: 'BYE', remoteTag: 'theirs', cseq: 2 },
        });
        await expect(call.result()).resolves.toMatchObject({
          end: { reasonCode: 'transferred', by: 'target' },
          legs: [
            { kind: 'caller', endedBy: 'us' },
            { kind: 'bot', endedBy: 'us' },
            { kind: 'target', attempt: 1, endedBy: 'peer' },
          ],
        });
      },
      { ...base, trunk: { ...base.trunk, transferMethod: 'invite' } }
    );
  });
});
