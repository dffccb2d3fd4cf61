import { afterAll, describe, expect, it } from '@jest/globals';
import type { LegKind } from '../../contracts/ids';
import { dialogEndedSignal, nodeLostSignal } from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { closeHarness, withCall } from '../support/call-harness';

afterAll(closeHarness);

const inPhase = (phase: string) => (view: { phase: string }) => view.phase === phase;
const lost = (call: CallUnderTest, kind: LegKind, attempt = 0): Promise<void> =>
  call.handle.signal(dialogEndedSignal, { leg: { kind, attempt }, reason: `${kind} lost`, isLost: true });

describe('a leg that the SIP server has lost', () => {
  it('ends the call as a fault when it is the caller’s, also while a REFER is open', async () => {
    await withCall({}, async (call) => {
      await call.until(inPhase('conversing'));
      await call.transfer();
      await call.notify(100);
      await lost(call, 'caller');
      const { end, transfers, legs } = await call.result();
      expect(end).toEqual({ reasonCode: 'error', reason: 'caller lost', by: 'fault' });
      expect(transfers).toMatchObject([{ method: 'refer' }]);
      expect(transfers[0]).not.toHaveProperty('outcome');
      expect(legs.find(({ kind }) => kind === 'caller')).toMatchObject({ reason: 'caller lost' });
      expect(legs.find(({ kind }) => kind === 'caller')).not.toHaveProperty('endedBy');
      expect(call.botEvents().map(({ name }) => name)).toEqual(['start', 'conversationEnd']);
    });
  });

  it('ends the call as the bot’s, by a fault, when it is the bot’s', async () => {
    await withCall({}, async (call) => {
      await call.until(inPhase('conversing'));
      await lost(call, 'bot');
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'bot-disconnected', by: 'fault' } });
      expect(call.count('endLeg')).toBe(1);
    });
  });

  it('ends a call that was transferred by INVITE as transferred when it is the target’s', async () => {
    await withCall({}, async (call) => {
      await call.until(inPhase('conversing'));
      await call.transfer({ transferMethod: 'invite', transferNotifications: false });
      await call.until(inPhase('connected'));
      await lost(call, 'target', 1);
      await lost(call, 'target', 1);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred', reason: 'target lost' } });
    });
  });
});

describe('a node that is lost', () => {
  const end = { reasonCode: 'sip-node-lost', reason: 'burnt down', by: 'fault' };
  const nodeLost = (call: CallUnderTest): Promise<void> => call.handle.signal(nodeLostSignal, { reason: 'burnt down' });

  it('ends a conversation without a BYE, and the bot hears of an error', async () => {
    await withCall({}, async (call) => {
      await call.until(inPhase('conversing'));
      await nodeLost(call);
      const record = await call.result();
      expect(record.end).toEqual(end);
      expect(record.legs).toHaveLength(2);
      for (const ended of record.legs) expect(ended).not.toHaveProperty('endedBy');
      expect(call.count('endLeg')).toBe(0);
      expect(call.botEvents().at(-1)).toMatchObject({ name: 'conversationEnd', value: { reasonCode: 'error' } });
    });
  });

  it('ends a call whose bot rings', async () => {
    let giveUp = (): void => undefined;
    const ringing = new Promise<{ kind: 'no-answer' }>((resolve) => {
      giveUp = () => resolve({ kind: 'no-answer' });
    });
    await withCall({ inviteBot: () => ringing }, async (call) => {
      await call.until(() => call.count('inviteBot') === 1);
      await nodeLost(call);
      await call.until(inPhase('ended'));
      giveUp();
      await expect(call.result()).resolves.toMatchObject({ end, legs: [] });
      await expect(call.answer).resolves.toEqual({ sipStatus: 480 });
    });
  });

  it('leaves a transfer that was answered what it is', async () => {
    await withCall({}, async (call) => {
      await call.until(inPhase('conversing'));
      await call.transfer();
      await call.notify(200);
      await call.until(inPhase('grace'));
      await nodeLost(call);
      await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
      expect(call.count('endLeg')).toBe(0);
    });
  });
});
