import { afterAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { TransferOutcome } from '../../contracts/transfer';
import { FAILURE } from '../../contracts/failures';
import type { TrunkOfCall } from '../../contracts/call';
import type { CallUnderTest } from '../support/call-harness';
import { callInput, closeHarness, isConversing, withCall } from '../support/call-harness';

afterAll(closeHarness);

const isConcluded = (view: { transfers: { outcome?: unknown }[] }): boolean =>
  view.transfers.at(-1)?.outcome !== undefined;

const TIMERS = { byeLingerMs: 100, subscriptionEndWatchMs: 100, callerByeMs: 100 };

function callOn(trunk: Partial<TrunkOfCall> = {}): ReturnType<typeof callInput> {
  const input = callInput();
  return { ...input, trunk: { ...input.trunk, transferTimers: TIMERS, ringTimeoutMs: 200, ...trunk } };
}

async function referred(call: CallUnderTest): Promise<void> {
  await call.until(isConversing);
  await call.transfer({ transferNotificationsHangupMS: 0 });
}

async function expectOutcome(call: CallUnderTest, outcome: Partial<TransferOutcome>): Promise<void> {
  const { transfers } = await call.until(isConcluded);
  expect(transfers[0]?.outcome).toMatchObject(outcome);
}

const RINGS = { ringTimeoutMs: 60_000 };

describe('the outcome of a REFER rests', () => {
  it('on its acceptance by a peer that reports nothing', async () => {
    const sendRefer = () =>
      Promise.resolve({ sipStatus: 202, reasonPhrase: 'Accepted', cseq: 7, isUnreported: true as const });
    await withCall(
      { sendRefer },
      async (call) => {
        await referred(call);
        await expectOutcome(call, { status: 'answered', evidence: 'accepted-only' });
        await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
      },
      callOn({ ...RINGS, refer: { norefersub: true } })
    );
  });

  it('on a BYE while the target rang, taken for an answer', async () => {
    await withCall(
      {},
      async (call) => {
        await referred(call);
        await call.notify(180);
        await call.byeFrom('caller');
        await expectOutcome(call, { status: 'answered', evidence: 'bye-ambiguous' });
        await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
      },
      callOn(RINGS)
    );
  });

  it('on a BYE while the target rang, where the trunk takes it for the caller leaving', async () => {
    await withCall(
      {},
      async (call) => {
        await referred(call);
        await call.notify(180);
        await call.byeFrom('caller');
        await expect(call.result()).resolves.toMatchObject({
          end: { reasonCode: 'client-disconnected', reason: expect.stringContaining('failed-and-lost') as unknown },
          transfers: [{ outcome: { status: 'failed', evidence: 'bye-ambiguous' } }],
        });
      },
      callOn({ ...RINGS, refer: { byeWhileRinging: 'failed' } })
    );
  });

  it('on a report after the BYE', async () => {
    await withCall(
      {},
      async (call) => {
        await referred(call);
        await call.until(({ timeline }) => timeline.some(({ event }) => event === 'ReferAnswered'));
        await call.byeFrom('caller');
        await call.notify(200);
        await expectOutcome(call, { status: 'answered', evidence: 'notify-late' });
        await expect(call.result()).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
      },
      callOn({ ...RINGS, transferTimers: { ...TIMERS, byeLingerMs: 5_000 } })
    );
  });

  it('on the end of the subscription: refused', async () => {
    await withCall(
      {},
      async (call) => {
        await referred(call);
        await call.notify(undefined, { subscription: { state: 'terminated', reason: 'rejected' } });
        await expectOutcome(call, { status: 'failed', evidence: 'sub-ended', reasonCode: 'declined' });
        await call.byeFrom('caller');
        await call.result();
      },
      callOn(RINGS)
    );
  });

  it('on the end of the subscription without a word', async () => {
    await withCall(
      {},
      async (call) => {
        await referred(call);
        await call.notify(undefined, { subscription: { state: 'terminated', reason: 'noresource' } });
        await expectOutcome(call, { status: 'failed', evidence: 'sub-ended', reasonCode: 'error' });
        await call.byeFrom('caller');
        await call.result();
      },
      callOn(RINGS)
    );
  });

  it('on nothing: sent by a worker that died, to a SIP server without a ledger', async () => {
    const sendRefer = () => Promise.reject(ApplicationFailure.nonRetryable('lost', FAILURE.TRANSFER_OUTCOME_UNKNOWN));
    await withCall(
      { sendRefer },
      async (call) => {
        await referred(call);
        await expectOutcome(call, { status: 'failed', evidence: 'in-doubt', reasonCode: 'error' });
        await call.byeFrom('caller');
        await call.result();
      },
      callOn()
    );
  });
});

it('a call ends as a fault when its caller’s dialog is gone at the REFER', async () => {
  const sendRefer = () => Promise.reject(ApplicationFailure.nonRetryable('no such dialog', FAILURE.DIALOG_GONE));
  await withCall({ sendRefer }, async (call) => {
    await referred(call);
    await expect(call.result()).resolves.toMatchObject({
      end: { reasonCode: 'error', by: 'fault' },
      transfers: [{ outcome: { status: 'failed', evidence: 'local' } }],
    });
  });
});
