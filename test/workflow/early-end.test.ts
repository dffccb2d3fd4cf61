import { afterAll, describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import type { LegName } from '../../contracts/ids';
import { bridgeReturnedUpdate, dialogEndedSignal } from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { closeHarness, isConversing, leg, withCall } from '../support/call-harness';
import { hostlessInput, referred } from '../support/returned-call';

afterAll(closeHarness);

const TARGET: LegName = { kind: 'target', attempt: 1 };

/** An activity that gives its result when it is told to: its worker has heard the answer, and the call has not. */
function late<Result>(result: Result) {
  let tell = (): void => undefined;
  const told = new Promise<Result>((resolve) => (tell = () => resolve(result)));
  const run = (): Promise<Result> => {
    const beat = setInterval(() => Context.current().heartbeat(), 100);
    return told.finally(() => clearInterval(beat));
  };
  return { run, tell: () => tell() };
}

async function endEarly(call: CallUnderTest, name: LegName): Promise<void> {
  await call.handle.signal(dialogEndedSignal, { leg: name, request: { method: 'BYE', remoteTag: 'theirs', cseq: 1 } });
  await call.until(({ timeline }) => timeline.some(({ event }) => event === 'LegEndedEarly'));
}

describe('a BYE that comes before the call knows of the answer', () => {
  it('refuses the caller when it is the bot’s', async () => {
    const ringing = late({ kind: 'answered' as const, bot: leg('bot'), caller: leg('caller'), awaitsAnswer: false });
    await withCall({ inviteBot: ringing.run }, async (call) => {
      await call.until(() => call.count('inviteBot') === 1);
      await endEarly(call, { kind: 'bot', attempt: 0 });
      ringing.tell();
      await expect(call.answer).resolves.toEqual({ sipStatus: 480 });
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'bot-unavailable', by: 'bot' } });
      expect(call.count('endLeg')).toBe(0);
    });
  });

  it('leaves the caller with the bot when it is that of a target', async () => {
    const answer = { kind: 'answered' as const, target: { ...leg('target'), name: TARGET }, awaitsAnswer: false };
    const ringing = late(answer);
    await withCall({ inviteTarget: ringing.run }, async (call) => {
      await call.until(isConversing);
      await call.transfer({ transferMethod: 'invite' });
      await call.until(() => call.count('inviteTarget') === 1);
      await endEarly(call, TARGET);
      ringing.tell();
      const { transfers } = await call.until(isConversing);
      expect(transfers).toMatchObject([{ outcome: { status: 'failed', reason: 'the target hung up' } }]);
      await call.byeFrom('caller');
      await call.result();
      expect([call.count('joinLegs'), call.count('endLeg')]).toEqual([0, 1]);
    });
  });

  it('refuses a call that came back when it is that of its target', async () => {
    const bot = { ...leg('target'), name: TARGET };
    const caller = { ...leg('returned'), name: { kind: 'returned' as const, attempt: 1 } };
    const ringing = late({ kind: 'answered' as const, bot, caller, awaitsAnswer: false });
    const script = async (call: CallUnderTest): Promise<void> => {
      const answering = call.handle.executeUpdate(bridgeReturnedUpdate, { args: [await referred(call)] });
      await call.until(() => call.count('bridgeReturned') === 1);
      await endEarly(call, TARGET);
      ringing.tell();
      await expect(answering).resolves.toEqual({ sipStatus: 480 });
      await call.notify(480);
      await call.until(isConversing);
      await call.byeFrom('caller');
      await call.result();
      expect(call.count('endLeg')).toBe(1);
    };
    await withCall({ bridgeReturned: ringing.run }, script, hostlessInput());
  });
});
