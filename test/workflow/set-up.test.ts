import { afterAll, describe, expect, it } from '@jest/globals';
import { CancelledFailure, Context } from '@temporalio/activity';
import type { InviteBotResult } from '../../contracts/activities-sip';
import type { CallerAnswer } from '../../contracts/call';
import * as messages from '../../contracts/messages';
import { closeHarness, isConversing, leg, botEventNames, withCall } from '../support/call-harness';

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
      expect(botEventNames(call)).toEqual(['start', 'conversationEnd']);
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

describe('an INVITE that leaves the offer to us', () => {
  const offered = () =>
    Promise.resolve({ kind: 'answered' as const, bot: leg('bot'), caller: leg('caller'), awaitsAnswer: true });

  it('has the bot acknowledged with the answer in the caller’s ACK', async () => {
    await withCall({ inviteBot: offered }, async (call) => {
      await call.until(isConversing);
      await call.handle.signal(messages.callerAcknowledgedSignal, { sdp: 'v=0 answer' });
      await call.until(() => call.count('acknowledgeBot') === 1);
      const { legs, awaitsAnswer } = await call.handle.query(messages.callLegsQuery);
      expect(awaitsAnswer).toBe(false);
      await call.byeFrom('caller');
      await call.result();
      expect(legs.map(({ name }) => name.kind)).toEqual(['caller', 'bot']);
      expect(call.effects.find(({ name }) => name === 'acknowledgeBot')?.input).toMatchObject({ answer: 'v=0 answer' });
    });
  });

  it('has the bot acknowledged and let go when the caller leaves without an ACK', async () => {
    await withCall({ inviteBot: offered }, async (call) => {
      await call.until(isConversing);
      await call.byeFrom('caller');
      await call.result();
      expect(
        call.effects.map(({ name }) => name).filter((name) => name === 'acknowledgeBot' || name === 'endLeg')
      ).toEqual(['acknowledgeBot', 'endLeg']);
    });
  });
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
