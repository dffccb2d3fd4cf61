import { afterAll, describe, expect, it } from '@jest/globals';
import type { SendReferInput, SendReferResult } from '../../contracts/activities-sip';
import * as messages from '../../contracts/messages';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, isConversing, withCall } from '../support/call-harness';

afterAll(closeHarness);

const plan = { transferTarget: undefined, transferTargets: ['sip:one@peer', 'sip:two@peer', 'sip:three@peer'] };

/** Waits until the attempt of this number has its REFER taken. */
async function taken(call: CallUnderTest, attempt: number): Promise<void> {
  await call.until(({ timeline }) => timeline.filter(({ event }) => event === 'ReferAnswered').length === attempt);
}

/** A REFER per target, each with a CSeq of its own. */
function refers(): { sendRefer: (input: SendReferInput) => Promise<SendReferResult> } {
  let cseq = 0;
  return { sendRefer: () => Promise.resolve({ sipStatus: 202, reasonPhrase: 'Accepted', cseq: ++cseq }) };
}

describe('a transfer to several targets', () => {
  it('goes on to the next one until one answers, and tells the bot of that one alone', async () => {
    await withCall(refers(), async (call) => {
      await call.until(isConversing);
      await call.transfer({ ...plan, transferNotificationsHangupMS: 0 });
      await taken(call, 1);
      await call.notify(486);
      await taken(call, 2);
      await call.notify(480);
      await taken(call, 3);
      await call.notify(200);
      const { transfers, end } = await call.result();
      expect(transfers.map(({ target, outcome }) => [target, outcome?.reasonCode ?? outcome?.status])).toEqual([
        ['sip:one@peer', 'busy'],
        ['sip:two@peer', 'no-answer'],
        ['sip:three@peer', 'answered'],
      ]);
      expect(end.reason).toBe('transferred to sip:three@peer');
      expect(new Set(transfers.map(({ attemptId }) => attemptId)).size).toBe(3);
      const statuses = call.botEvents().filter(({ name }) => name === 'transferStatus');
      expect(statuses).toMatchObject([{ value: { status: 'answered', target: 'sip:three@peer' } }]);
    });
  });

  it('fails when the last one does, and the bot has the call again', async () => {
    await withCall(refers(), async (call) => {
      await call.until(isConversing);
      await call.transfer({ ...plan, transferTargets: ['sip:one@peer', 'sip:two@peer'] });
      await taken(call, 1);
      await call.notify(603);
      await taken(call, 2);
      await call.notify(486);
      await call.until(isConversing);
      await call.byeFrom('caller');
      await call.result();
      const statuses = call.botEvents().filter(({ name }) => name === 'transferStatus');
      expect(statuses).toMatchObject([{ value: { status: 'failed', reasonCode: 'busy', target: 'sip:two@peer' } }]);
    });
  });

  it('keeps the caller for the next target when the bot has been let go', async () => {
    await withCall(refers(), async (call) => {
      await call.until(isConversing);
      await call.transfer({ ...plan, transferNotifications: false });
      await call.until(() => call.count('endLeg') === 1);
      await call.notify(486);
      await taken(call, 2);
      expect(call.count('endLeg')).toBe(1);
      await call.notify(200);
      const { transfers, end } = await call.result();
      expect(transfers).toHaveLength(2);
      expect(end.reasonCode).toBe('transferred');
    });
  });

  it('calls nobody else when the caller leaves, when the bot calls it off, or when its time is over', async () => {
    await withCall(refers(), async (call) => {
      await call.until(isConversing);
      await call.transfer(plan);
      await taken(call, 1);
      await call.handle.executeUpdate(messages.sendActivitiesUpdate, {
        args: [{ type: 'event', name: 'cancelTransfer' }],
      });
      await call.until(isConversing);
      await call.transfer(plan);
      await taken(call, 2);
      await call.byeFrom('caller');
      await call.notify(486, { referCseq: 2 });
      const { transfers } = await call.result();
      expect(transfers.map(({ target }) => target)).toEqual(['sip:one@peer', 'sip:one@peer']);
    });
  });

  it('calls no target that could ring for less than 5 s, and gives the bot the outcome of the one before', async () => {
    await withCall(refers(), async (call) => {
      await call.until(isConversing);
      await call.transfer({ ...plan, transferTimeoutMS: 5_000, transferPlanTimeoutMS: 9_900 });
      await call.until((view) => view.phase === 'conversing' && view.transfers.length > 0);
      await call.byeFrom('caller');
      const { transfers } = await call.result();
      expect(transfers.map(({ target }) => target)).toEqual(['sip:one@peer']);
      const statuses = call.botEvents().filter(({ name }) => name === 'transferStatus');
      expect(statuses).toMatchObject([
        { value: { status: 'failed', reasonCode: 'no-answer', target: 'sip:one@peer' } },
      ]);
    });
  });

  it('rings the last target for no longer than the plan has left', async () => {
    await withCall(refers(), async (call) => {
      await call.until(isConversing);
      await call.transfer({ ...plan, transferTimeoutMS: 60_000, transferPlanTimeoutMS: 8_000 });
      await taken(call, 1);
      await call.notify(486);
      await taken(call, 2);
      await call.until(isConversing);
      await call.byeFrom('caller');
      const { transfers } = await call.result();
      expect(transfers.map(({ outcome }) => outcome?.evidence)).toEqual(['notify', 'timer']);
    });
  });

  it('rings no target longer than the plan may take, and ends there', async () => {
    const input = callInput();
    input.trunk.ringTimeoutMs = 60_000;
    await withCall(
      refers(),
      async (call) => {
        await call.until(isConversing);
        await call.transfer({ ...plan, transferPlanTimeoutMS: 5_000 });
        const { transfers } = await call.until((view) => view.phase === 'conversing' && view.transfers.length > 0);
        expect(transfers).toMatchObject([{ outcome: { evidence: 'timer', reasonCode: 'no-answer' } }]);
        await call.byeFrom('caller');
        await call.result();
        expect(call.count('sendRefer')).toBe(1);
      },
      input
    );
  });
});
