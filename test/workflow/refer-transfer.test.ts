import { afterAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import type { SendReferInput } from '../../contracts/activities-sip';
import { FAILURE } from '../../contracts/failures';
import { callInput, closeHarness, isConversing, leg, botEventNames, withCall } from '../support/call-harness';

const GRACE_MS = 300;

afterAll(closeHarness);

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
      expect(botEventNames(call)).toEqual(['start', 'transferStatus', 'transferStatus', 'conversationEnd']);
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
      expect(botEventNames(call)).toEqual(['start', 'transferStatus', 'conversationEnd']);
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
      expect(botEventNames(call)).toEqual(['start', 'conversationEnd']);
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
