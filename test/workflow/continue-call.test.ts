import { afterAll, describe, expect, it } from '@jest/globals';
import type { JoinLegsInput, RejoinLegsInput } from '../../contracts/activities-join';
import type { InviteTargetInput, InviteTargetResult } from '../../contracts/activities-sip';
import * as messages from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { closeHarness, leg, withCall } from '../support/call-harness';

afterAll(closeHarness);

const inPhase = (phase: string) => (view: { phase: string }) => view.phase === phase;
const byeFromTarget = (call: CallUnderTest, attempt: number): Promise<void> =>
  call.handle.signal(messages.dialogEndedSignal, {
    leg: { kind: 'target', attempt },
    request: { method: 'BYE', remoteTag: 'theirs', cseq: 900 + attempt },
  });

describe('a transfer with continueCall', () => {
  it('gives the caller back to the bot when the target leaves, and again after the next one', async () => {
    await withCall({}, async (call) => {
      await call.until(inPhase('conversing'));
      for (const attempt of [1, 2]) {
        await call.transfer({ transferTarget: `sip:agent${attempt}@peer`, continueCall: true });
        await call.until(inPhase('connected'));
        expect(call.count('endLeg')).toBe(0);
        await byeFromTarget(call, attempt);
        await call.until(() => call.count('rejoinLegs') === attempt);
        await call.until(inPhase('conversing'));
      }
      await call.byeFrom('bot');
      await expect(call.result()).resolves.toMatchObject({
        end: { reasonCode: 'bot-disconnected' },
        transfers: [
          { method: 'invite', outcome: { status: 'answered' } },
          { method: 'invite', outcome: { status: 'answered' } },
        ],
      });
      const names = call.botEvents().map(({ name }) => name);
      const once = ['transferStatus', 'callContinued'];
      expect(names).toEqual(['start', ...once, ...once, 'conversationEnd']);
      const inputs = call.effects.filter(({ name }) => name === 'joinLegs' || name === 'rejoinLegs');
      const firstEffects = inputs.map(({ input }) => (input as JoinLegsInput | RejoinLegsInput).firstEffect);
      expect(new Set(firstEffects).size).toBe(4);
    });
  });

  it('keeps a bot without notifications as well, and ends with the target when the bot has left', async () => {
    await withCall({}, async (call) => {
      await call.until(inPhase('conversing'));
      await call.transfer({ continueCall: true, transferNotifications: false });
      await call.until(inPhase('connected'));
      expect(call.count('endLeg')).toBe(0);
      await call.byeFrom('bot');
      await byeFromTarget(call, 1);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred', by: 'target' } });
      expect(call.count('rejoinLegs')).toBe(0);
    });
  });

  it('gives the caller back also when the target leaves before the next one has refused', async () => {
    let refuse = (): void => undefined;
    const second = new Promise<InviteTargetResult>((resolve) => {
      refuse = () => resolve({ kind: 'refused', sipStatus: 486, reasonPhrase: 'Busy Here' });
    });
    const inviteTarget = ({ leg: name }: InviteTargetInput): Promise<InviteTargetResult> =>
      name.attempt === 1
        ? Promise.resolve({ kind: 'answered', target: { ...leg('target'), name }, awaitsAnswer: false })
        : second;
    await withCall({ inviteTarget }, async (call) => {
      await call.until(inPhase('conversing'));
      await call.transfer({ continueCall: true });
      await call.until(inPhase('connected'));
      await call.transfer({ transferTarget: 'sip:second@peer', transferMethod: 'invite' });
      await call.until(inPhase('transferring'));
      await byeFromTarget(call, 1);
      refuse();
      await call.until(inPhase('conversing'));
      await call.until(() => call.botEvents().at(-1)?.name === 'callContinued');
      expect(call.botEvents().at(-1)).toMatchObject({ value: { target: 'sip:agent@peer' } });
      await call.byeFrom('caller');
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
    });
  });

  it('ends when the caller leaves during the talk', async () => {
    await withCall({}, async (call) => {
      await call.until(inPhase('conversing'));
      await call.transfer({ continueCall: true });
      await call.until(inPhase('connected'));
      await call.byeFrom('caller');
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred', by: 'caller' } });
      expect(call.count('endLeg')).toBe(2);
    });
  });
});
