import { afterAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { InviteBotResult, SendReferInput } from '../../contracts/activities-sip';
import { FAILURE } from '../../contracts/failures';
import type { CallerAnswer, CallView } from '../../contracts/call';
import * as messages from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, leg, withCall } from '../support/call-harness';

const GRACE_MS = 300;
const isConversing = (view: { phase: string }): boolean => view.phase === 'conversing';
const inTransfer = (view: { phase: string }): boolean => view.phase === 'transferring';
const names = (call: CallUnderTest): string[] => call.botEvents().map(({ name }) => name);

afterAll(closeHarness);

describe('set-up', () => {
  it('answers the caller with the bot’s description and tells the bot the start', async () => {
    await withCall({}, async (call) => {
      await expect(call.answer).resolves.toEqual({ sipStatus: 200, sdp: 'v=0 to caller' });
      await call.byeFrom('caller');
      await expect(call.result()).resolves.toMatchObject({
        end: { reasonCode: 'client-disconnected' },
        caller: '+4930111',
      });
      expect(names(call)).toEqual(['start', 'conversationEnd']);
      expect(call.count('writeRecord')).toBe(1);
    });
  });

  it.each<[InviteBotResult, CallerAnswer]>([
    [{ kind: 'refused', sipStatus: 486, reasonPhrase: 'Busy Here' }, { sipStatus: 480 }],
    [
      { kind: 'refused', sipStatus: 503, reasonPhrase: 'Later', retryAfterS: 9 },
      { sipStatus: 503, retryAfterS: 9 },
    ],
    [{ kind: 'no-answer' }, { sipStatus: 480 }],
  ])('tells the caller that the bot is unavailable for %j', async (result, answer) => {
    await withCall({ inviteBot: () => Promise.resolve(result) }, async (call) => {
      await expect(call.answer).resolves.toEqual(answer);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'bot-unavailable' }, talkMs: 0 });
      expect(call.botEvents()).toEqual([]);
    });
  });

  it('cancels the bot’s INVITE when the caller gives up', async () => {
    const inviteBot = async (): Promise<InviteBotResult> => {
      await Context.current().cancelled.catch(() => undefined);
      throw new CancelledFailure('given up');
    };
    const heartbeats = setInterval(() => undefined, 1_000);
    await withCall({ inviteBot: () => withHeartbeat(inviteBot) }, async (call) => {
      await call.until(({ phase }) => phase === 'ringing');
      await call.handle.signal(messages.callerCancelledSignal);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'caller-cancelled' } });
      expect(call.count('cancelInvite')).toBe(1);
    });
    clearInterval(heartbeats);
  });
});

describe('a transfer with notifications', () => {
  const params = { transferNotificationsHangupMS: GRACE_MS };

  it('gives the bot the call back when the target is busy, and disconnects it after the grace when the next one answers', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.transfer(params);
      await call.notify(100);
      await call.notify(486);
      await call.until(isConversing);
      expect(call.count('endLeg')).toBe(0);
      await call.transfer({ ...params, transferTarget: 'sip:second@peer' });
      await call.notify(200);
      const record = await call.result();
      expect(record.transfers.map(({ outcome }) => outcome?.status)).toEqual(['failed', 'answered']);
      expect(record.end.reasonCode).toBe('transferred');
      expect(names(call)).toEqual(['start', 'transferStatus', 'transferStatus', 'conversationEnd']);
      expect(call.botEvents()[1]).toMatchObject({
        value: { status: 'failed', reasonCode: 'busy', target: 'sip:agent@peer', sipStatus: 486 },
      });
      expect(call.botEvents()[2]).toMatchObject({ value: { status: 'answered', target: 'sip:second@peer' } });
      const effectIds = call.effects
        .filter(({ name }) => name === 'sendRefer')
        .map(({ input }) => (input as SendReferInput).effectId);
      expect(new Set(effectIds).size).toBe(2);
    });
  });

  it('keeps the bot for the whole grace, also when the caller’s BYE falls into it', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.transfer(params);
      await call.notify(200);
      const { transfers } = await call.until(({ phase }) => phase === 'grace');
      await call.byeFrom('caller');
      const { end } = await call.result();
      expect(end.reasonCode).toBe('transferred');
      const bye = call.effects.filter(({ name }) => name === 'endLeg');
      expect(bye.map(({ input }) => (input as { dialogId: string }).dialogId)).toEqual([leg('bot').dialogId]);
      expect((bye[0]?.atMs ?? 0) - Date.parse(transfers[0]?.endedAt ?? '')).toBeGreaterThanOrEqual(GRACE_MS);
    });
  });

  it('ends the caller’s leg itself when the peer does not', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.transfer(params);
      await call.notify(200);
      await call.result();
      const ended = call.effects
        .filter(({ name }) => name === 'endLeg')
        .map(({ input }) => (input as { dialogId: string }).dialogId);
      expect(ended.sort()).toEqual([leg('bot').dialogId, leg('caller').dialogId]);
    });
  });

  it('fails when the REFER is refused, and the bot keeps the call', async () => {
    const sendRefer = () => Promise.resolve({ sipStatus: 403, reasonPhrase: 'Forbidden', cseq: 7 });
    await withCall({ sendRefer }, async (call) => {
      await call.until(isConversing);
      await call.transfer(params);
      const { transfers } = await call.until((view) => view.transfers.at(-1)?.outcome !== undefined);
      expect(transfers[0]?.outcome).toMatchObject({ status: 'failed', evidence: 'response', sipStatus: 403 });
      await call.byeFrom('bot');
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'bot-disconnected' } });
      expect(names(call)).toEqual(['start', 'transferStatus', 'conversationEnd']);
    });
  });

  it('stays in doubt when the REFER’s answer is unknown, and is answered by a late NOTIFY without a second REFER', async () => {
    const sendRefer = () =>
      Promise.reject(ApplicationFailure.nonRetryable('no answer', FAILURE.TRANSFER_OUTCOME_UNKNOWN));
    await withCall({ sendRefer }, async (call) => {
      await call.until(isConversing);
      await call.transfer(params);
      await call.until(({ timeline }) => timeline.some(({ event }) => event === 'ReferUnanswered'));
      await call.notify(200);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
      expect(call.count('sendRefer')).toBe(1);
    });
  });

  it('takes a peer’s BYE after acceptance for an answer when no NOTIFY follows', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.transfer({ transferNotificationsHangupMS: 0 });
      await call.until(({ timeline }) => timeline.some(({ event }) => event === 'ReferAnswered'));
      await call.byeFrom('caller');
      const { transfers } = await call.result();
      expect(transfers[0]?.outcome).toMatchObject({ status: 'answered', evidence: 'bye' });
    });
  });

  it('fails by its own timer when nothing comes', async () => {
    const input = callInput();
    input.trunk.ringTimeoutMs = 200;
    await withCall(
      {},
      async (call) => {
        await call.until(isConversing);
        await call.transfer(params);
        await call.until((view) => view.transfers.at(-1)?.outcome !== undefined);
        await call.byeFrom('caller');
        const { transfers } = await call.result();
        expect(transfers[0]?.outcome).toMatchObject({ status: 'failed', reasonCode: 'no-answer', evidence: 'timer' });
      },
      input
    );
  });
});

describe('a transfer without notifications', () => {
  const params = { transferNotifications: false };

  it('lets the bot go when the REFER is accepted, and the caller when the outcome is known', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.transfer(params);
      await call.until(() => call.count('endLeg') === 1);
      await call.notify(200);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
      expect(names(call)).toEqual(['start', 'conversationEnd']);
      expect(call.count('endLeg')).toBe(2);
    });
  });

  it('ends the call as an error when the target fails: nobody is left to take the caller back', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.transfer(params);
      await call.until(() => call.count('endLeg') === 1);
      await call.notify(486);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'error' } });
      expect(call.count('endLeg')).toBe(2);
    });
  });
});

describe('bot activities', () => {
  it('are refused with the path of each fault, and the call goes on', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await expect(call.transfer({ transferTarget: 'javascript:alert(1)' })).rejects.toMatchObject({
        cause: { type: FAILURE.INVALID_ACTIVITY },
      });
      expect((await call.until(isConversing)).transfers).toEqual([]);
      await call.byeFrom('caller');
      await call.result();
    });
  });

  it('join a pending transfer to the same target and are refused for another one', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      const [first] = await call.transfer();
      await call.until(inTransfer);
      await expect(call.transfer()).resolves.toMatchObject([{ status: 'joined', attemptId: first?.attemptId }]);
      await expect(call.transfer({ transferTarget: 'sip:other@peer' })).rejects.toMatchObject({
        cause: { type: FAILURE.TRANSFER_IN_PROGRESS },
      });
      await call.notify(486);
      await call.until(isConversing);
      await call.byeFrom('caller');
      await call.result();
      expect(call.count('sendRefer')).toBe(1);
    });
  });

  it('have one effect per activity id', async () => {
    const hangup = { id: 'h1', type: 'Event', name: 'hangup', activityParams: { hangupReason: 'done' } };
    const transfer = {
      id: 't1',
      type: 'event',
      name: 'handover',
      activityParams: { transferTarget: 'sip:agent@peer', transferNotifications: true },
    };
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.handle.signal(messages.activitiesSentSignal, transfer);
      await call.until(inTransfer);
      await call.notify(486);
      await call.until(isConversing);
      await call.handle.signal(messages.activitiesSentSignal, transfer);
      await call.handle.signal(messages.activitiesSentSignal, hangup);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'bot-disconnected', reason: 'done' } });
      expect(call.count('sendRefer')).toBe(1);
    });
  });

  it('that come as a malformed signal are noted and reach the bot as a failed transfer', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.handle.signal(messages.activitiesSentSignal, 'nonsense');
      const { timeline } = await call.until((view) => view.timeline.some(({ event }) => event === 'ActivitiesRefused'));
      expect(timeline.length).toBeGreaterThan(0);
      await call.byeFrom('caller');
      await call.result();
      expect(names(call)).toEqual(['start', 'transferStatus', 'conversationEnd']);
    });
  });
});

it('ignores a NOTIFY and a BYE that are delivered a second time', async () => {
  await withCall({}, async (call) => {
    await call.until(isConversing);
    await call.transfer();
    const request = { method: 'NOTIFY', remoteTag: 'theirs', cseq: 500 };
    await call.notify(486, { request });
    await call.until(isConversing);
    await call.transfer({ transferTarget: 'sip:second@peer' });
    await call.until(({ timeline }) => timeline.filter(({ event }) => event === 'ReferAnswered').length === 2);
    await call.notify(486, { request });
    expect((await call.until(inTransfer)).transfers.at(-1)?.outcome).toBeUndefined();
    await call.notify(486);
    await call.until(isConversing);
    await call.byeFrom('caller');
    await call.result();
  });
});

it('goes on without a bot that takes no events, and without a peer that takes no BYE', async () => {
  const postEvents = () => Promise.reject(ApplicationFailure.nonRetryable('gone', FAILURE.BOT_UNREACHABLE));
  const endLeg = () => Promise.reject(ApplicationFailure.nonRetryable('unreachable', FAILURE.NOT_SENT));
  await withCall({ postEvents, endLeg }, async (call) => {
    await call.until(isConversing);
    await call.byeFrom('caller');
    await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
  });
});

it('keeps a call with one transfer, each step on its own, within 64 events and 30 KB of history', async () => {
  const input = callInput();
  delete input.channel.webhook;
  const seen = (event: string, times: number) => (view: CallView) =>
    view.timeline.filter((entry) => entry.event === event).length >= times;
  await withCall(
    {},
    async (call) => {
      await call.until(isConversing);
      await call.transfer({ transferNotificationsHangupMS: 100 });
      await call.until(seen('ReferAnswered', 1));
      await call.notify(100);
      await call.until(seen('ReferNotified', 1));
      await call.notify(200);
      await call.until(seen('ReferNotified', 2));
      await call.byeFrom('caller');
      await call.result();
      const { historyLength, historySize = 0 } = await call.handle.describe();
      expect(historyLength).toBeLessThanOrEqual(64);
      expect(historySize).toBeLessThan(30_000);
    },
    input
  );
});

async function withHeartbeat<Result>(run: () => Promise<Result>): Promise<Result> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), 100);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}
