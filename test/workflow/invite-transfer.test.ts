import { afterAll, describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import type { CallView } from '../../contracts/call';
import { dialogEndedSignal, mediaChangedSignal } from '../../contracts/messages';
import { closeHarness, isConversing, leg, withCall } from '../support/call-harness';

afterAll(closeHarness);

const notJoined = { kind: 'refused' as const, legs: [leg('caller')], reason: 'caller: 488', sipStatus: 488 };

const isConnected = ({ phase }: CallView): boolean => phase === 'connected';
const hasOutcome = ({ transfers }: CallView): boolean => transfers.at(-1)?.outcome !== undefined;
const target = (attempt: number) => ({ kind: 'target' as const, attempt });
const byeOf = (attempt: number) => ({ leg: target(attempt), request: { method: 'BYE', remoteTag: 'theirs', cseq: 9 } });
const byInvite = { transferMethod: 'invite', transferNotificationsHangupMS: 0 };

/** Rings until it is cancelled. */
const ringing = () => {
  const beat = setInterval(() => Context.current().heartbeat(), 100);
  return Context.current().cancelled.finally(() => clearInterval(beat));
};

describe('a transfer by INVITE', () => {
  it('joins the caller with the target, and ends the caller when the target leaves', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.transfer(byInvite);
      await call.until(isConnected);
      expect(call.count('joinLegs')).toBe(1);
      await call.handle.signal(dialogEndedSignal, byeOf(1));
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred', by: 'target' } });
      expect(call.botEvents().map(({ name }) => name)).toEqual(['start', 'transferStatus', 'conversationEnd']);
    });
  });

  it('ends target and caller when one of them leaves within the grace, and the bot after it', async () => {
    await withCall({}, async (call) => {
      await call.until(isConversing);
      await call.transfer({ ...byInvite, transferNotificationsHangupMS: 600 });
      await call.until(({ phase }) => phase === 'grace');
      await call.byeFrom('caller');
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
      expect(call.count('endLeg')).toBe(2);
    });
  });

  it('gives the bot the call back when caller and target cannot be joined', async () => {
    await withCall({ joinLegs: () => Promise.resolve(notJoined) }, async (call) => {
      await call.until(isConversing);
      await call.transfer(byInvite);
      const { transfers, phase } = await call.until(hasOutcome);
      expect(phase).toBe('conversing');
      expect(transfers[0]?.outcome).toMatchObject({ status: 'failed', evidence: 'media', sipStatus: 488 });
      expect([call.count('rejoinLegs'), call.count('endLeg')]).toEqual([1, 1]);
      await call.byeFrom('bot');
      await call.result();
    });
  });

  it.each([
    [
      'while it was to be put on hold',
      { joinLegs: () => Promise.resolve({ ...notJoined, isPartnerGone: true as const }) },
      0,
    ],
    [
      'when it is to have the caller back',
      {
        joinLegs: () => Promise.resolve(notJoined),
        rejoinLegs: () => Promise.resolve({ ...notJoined, isPartnerGone: true as const }),
      },
      1,
    ],
  ])('ends the call when caller and target cannot be joined and the bot was lost %s', async (_, fakes, rejoins) => {
    await withCall(fakes, async (call) => {
      await call.until(isConversing);
      await call.transfer(byInvite);
      const { end, transfers } = await call.result();
      expect(end).toMatchObject({ reasonCode: 'bot-disconnected', by: 'fault' });
      expect(transfers).toMatchObject([{ outcome: { status: 'failed', evidence: 'media' } }]);
      expect(call.count('rejoinLegs')).toBe(rejoins);
      expect(call.botEvents().map(({ name }) => name)).toEqual(['start', 'conversationEnd']);
    });
  });

  it('ends the call when the caller’s dialog turns out to be gone', async () => {
    await withCall({ joinLegs: () => Promise.resolve({ kind: 'caller-gone', legs: [] }) }, async (call) => {
      await call.until(isConversing);
      await call.transfer(byInvite);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'error', by: 'fault' } });
    });
  });

  it('cancels the target when the caller leaves while it rings', async () => {
    await withCall({ inviteTarget: ringing }, async (call) => {
      await call.until(isConversing);
      await call.transfer(byInvite);
      await call.until(({ phase }) => phase === 'transferring');
      await call.byeFrom('caller');
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
      expect(call.count('cancelInvite')).toBe(1);
    });
  });

  it('goes on when the bot leaves while the target rings, and has nobody left when the target is busy', async () => {
    let answer: (status: number) => void = () => undefined;
    const inviteTarget = () =>
      new Promise<{ kind: 'refused'; sipStatus: number; reasonPhrase: string }>((resolve) => {
        const beat = setInterval(() => undefined, 100);
        answer = (sipStatus) => {
          clearInterval(beat);
          resolve({ kind: 'refused', sipStatus, reasonPhrase: 'Busy' });
        };
      });
    await withCall({ inviteTarget }, async (call) => {
      await call.until(isConversing);
      await call.transfer(byInvite);
      await call.until(() => call.count('inviteTarget') === 1);
      await call.byeFrom('bot');
      await call.until(({ timeline }) => timeline.some(({ event }) => event === 'LegEnded'));
      answer(486);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'error', by: 'transfer' } });
    });
  });

  it('goes on from a target to the next one, keeps the first when the second fails, and passes media changes on', async () => {
    let refuses = true;
    const inviteTarget = ({
      leg: name,
    }: {
      leg: { kind: 'target' | 'caller' | 'bot' | 'returned'; attempt: number };
    }) =>
      Promise.resolve(
        name.attempt === 2 && refuses
          ? { kind: 'refused' as const, sipStatus: 603, reasonPhrase: 'Decline' }
          : { kind: 'answered' as const, target: { ...leg('target'), name }, awaitsAnswer: false }
      );
    await withCall({ inviteTarget }, async (call) => {
      await call.until(isConversing);
      await call.transfer(byInvite);
      await call.until(isConnected);
      await call.transfer({ ...byInvite, transferTarget: 'sip:second@peer' });
      await call.until(({ transfers }) => transfers[1]?.outcome !== undefined);
      const legs = [{ leg: target(1), localSdp: 'v=1', remoteSdp: 'v=2' }];
      await call.handle.signal(mediaChangedSignal, { legs });
      refuses = false;
      await call.transfer({ ...byInvite, transferTarget: 'sip:third@peer' });
      await call.until((view) => view.transfers[2]?.outcome !== undefined && isConnected(view));
      await call.byeFrom('caller');
      const { transfers, end } = await call.result();
      expect(transfers.map(({ outcome }) => outcome?.status)).toEqual(['answered', 'failed', 'answered']);
      expect(end).toMatchObject({ reasonCode: 'transferred', by: 'caller' });
      const joins = call.effects.filter(({ name }) => name === 'joinLegs').map(({ input }) => input);
      expect(joins[1]).toMatchObject({ held: { name: target(1), localSdp: 'v=1' }, target: { name: target(3) } });
    });
  });

  it('follows a REFER that the peer does not take, within one attempt', async () => {
    const sendRefer = () => Promise.resolve({ sipStatus: 405, reasonPhrase: 'Method Not Allowed', cseq: 7 });
    await withCall({ sendRefer }, async (call) => {
      await call.until(isConversing);
      await call.transfer({ transferMethod: 'auto', transferNotificationsHangupMS: 0 });
      await call.until(isConnected);
      await call.byeFrom('caller');
      const { transfers } = await call.result();
      expect(transfers).toMatchObject([{ method: 'invite', referRefused: { sipStatus: 405 } }]);
    });
  });
});
