import type { ReferNotified } from '../../../contracts/messages';
import { reasonCodeOf, reasonText } from '../../../contracts/sip-outcome';
import type { TransferEvidence, TransferOutcome } from '../../../contracts/transfer';
import type { CallEvent, CallState } from '../state';
import { ended } from '../state';
import { concluded } from './conclusion';
import type { DeadlineReason, PendingRefer } from './pending';
import { pendingBy, withDeadline, withPending } from './pending';

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>;

/** The final answer to the REFER. Any 2xx accepts it: RFC 7647 has 200 where RFC 3515 had 202. */
export function onReferAnswered(state: CallState, event: Of<'ReferAnswered'>): CallState {
  const known = { ...state, lastReferCseq: event.cseq };
  const pending = pendingBy(known, 'refer', event.attemptId);
  if (!pending) return known;
  const { sipStatus, reasonPhrase, atMs } = event;
  if (sipStatus === 408) return onReferUnanswered(state, { type: 'ReferUnanswered', attemptId: event.attemptId, atMs });
  if (pending.fallsBackOn.includes(sipStatus)) return fallenBack(known, pending, { sipStatus, reasonPhrase });
  if (sipStatus >= 300) {
    const failed = refused(known, sipStatus, reasonPhrase, atMs);
    return sipStatus === 481
      ? ended(failed, { reasonCode: 'error', reason: 'the caller’s dialog is gone', by: 'fault' }, atMs)
      : failed;
  }
  return withPending(known, accepted({ ...pending, referCseq: event.cseq }, atMs));
}

/** The peer will not take REFER: the same attempt goes on by INVITE. */
function fallenBack(
  state: CallState,
  { attemptId, request, timers }: PendingRefer,
  referRefused: { sipStatus: number; reasonPhrase: string }
): CallState {
  const attempts = state.attempts.map((attempt) =>
    attempt.attemptId === attemptId ? { ...attempt, method: 'invite' as const, referRefused } : attempt
  );
  return withPending({ ...state, attempts }, { attemptId, request, timers, method: 'invite', stage: 'inviting' });
}

/** Nothing reached the peer: the attempt failed before it began. */
export function onReferNotSent(state: CallState, event: Of<'ReferNotSent'>): CallState {
  if (!pendingBy(state, 'refer', event.attemptId)) return state;
  const failed = concluded(
    state,
    { status: 'failed', evidence: 'local', reasonCode: 'error', reason: event.reason },
    event.atMs
  );
  return event.isDialogGone
    ? ended(failed, { reasonCode: 'error', reason: event.reason, by: 'fault' }, event.atMs)
    : failed;
}

/** Bytes left and no answer came: the peer may have acted, so a NOTIFY or BYE is still awaited. */
export function onReferUnanswered(state: CallState, event: Of<'ReferUnanswered'>): CallState {
  const pending = pendingBy(state, 'refer', event.attemptId);
  if (pending?.stage !== 'requested') return state;
  return withPending(
    state,
    withDeadline({ ...pending, stage: 'in-doubt' }, event.atMs + pending.timers.ringTimeoutMs, 'ringing')
  );
}

/**
 * A NOTIFY of the subscription (RFC 3515 section 2.4). One that overtakes the REFER's own answer says as well that the REFER was taken
 * (RFC 6665 section 4.1.2.4).
 */
export function onReferNotified(state: CallState, { notify, atMs }: Of<'ReferNotified'>): CallState {
  const open = pendingBy(state, 'refer');
  if (!open || isOfOlderRefer(state, open, notify)) return state;
  const pending = open.stage === 'requested' ? accepted(open, atMs) : open;
  const { sipStatus } = notify;
  if (sipStatus !== undefined && sipStatus >= 200)
    return concluded(state, finalOutcome(pending, notify, sipStatus), atMs);
  const progressed = sipStatus === undefined ? pending : { ...pending, isProgressing: true };
  if (notify.subscription.state !== 'terminated') return withPending(state, progressed);
  return subscriptionEnded(state, progressed, notify, atMs);
}

/** The caller's BYE during an attempt. After acceptance it belongs to the transfer; before, the caller has left. */
export function onCallerLeftWhilePending(state: CallState, atMs: number): CallState {
  const pending = pendingBy(state, 'refer');
  if (!pending || pending.stage === 'requested')
    return ended(state, { reasonCode: 'client-disconnected', reason: 'the caller hung up', by: 'caller' }, atMs);
  return withPending(state, withDeadline(pending, atMs + pending.timers.byeLingerMs, 'bye-linger'));
}

/** The deadline of a pending attempt has come. */
export function onDeadlinePassed(state: CallState, event: Of<'DeadlinePassed'>): CallState {
  const pending = pendingBy(state, 'refer', event.attemptId);
  if (!pending?.deadline || event.atMs < pending.deadline.atMs) return state;
  return concluded(state, deadlineOutcome(pending, pending.deadline.reason), event.atMs);
}

function deadlineOutcome({ stage, isProgressing }: PendingRefer, reason: DeadlineReason): TransferOutcome {
  switch (reason) {
    case 'bye-linger':
      return {
        status: 'answered',
        evidence: isProgressing ? 'bye-ambiguous' : 'bye',
        reason: 'presumed: the peer ended its leg after it had accepted the REFER',
      };
    case 'subscription-end':
      return {
        status: 'failed',
        evidence: 'sub-ended',
        reasonCode: 'error',
        reason: 'the subscription ended without a final status',
      };
    case 'ringing':
      return stage === 'in-doubt'
        ? {
            status: 'failed',
            evidence: 'in-doubt',
            reasonCode: 'error',
            reason: 'the REFER was sent and never answered',
          }
        : {
            status: 'failed',
            evidence: 'timer',
            reasonCode: 'no-answer',
            reason: 'no final NOTIFY within the ring time',
          };
  }
}

function finalOutcome(pending: PendingRefer, { reasonPhrase = '' }: ReferNotified, sipStatus: number): TransferOutcome {
  const evidence: TransferEvidence = pending.deadline?.reason === 'bye-linger' ? 'notify-late' : 'notify';
  if (sipStatus < 300) return { status: 'answered', evidence, sipStatus };
  return {
    status: 'failed',
    evidence,
    sipStatus,
    reasonCode: reasonCodeOf(sipStatus),
    reason: reasonText(sipStatus, reasonPhrase),
  };
}

/** Ended before a final status (RFC 6665 section 4.1.3): refused by the notifier, or undecided until the peer's BYE tells. */
function subscriptionEnded(
  state: CallState,
  pending: PendingRefer,
  { subscription }: ReferNotified,
  atMs: number
): CallState {
  const { reason } = subscription;
  if (reason === 'rejected' || reason === 'deactivated') {
    const reasonCode = reason === 'rejected' ? 'declined' : 'error';
    return concluded(
      state,
      { status: 'failed', evidence: 'sub-ended', reasonCode, reason: `subscription ended: ${reason}` },
      atMs
    );
  }
  if (pending.deadline?.reason === 'bye-linger') return withPending(state, pending);
  return withPending(state, withDeadline(pending, atMs + pending.timers.subscriptionEndWatchMs, 'subscription-end'));
}

function isOfOlderRefer({ lastReferCseq }: CallState, { referCseq }: PendingRefer, notify: ReferNotified): boolean {
  if (notify.referCseq === undefined) return false;
  return referCseq === undefined ? notify.referCseq <= (lastReferCseq ?? 0) : notify.referCseq !== referCseq;
}

/** Taken by the peer: from now on it rings, unless its BYE has set a nearer deadline. */
function accepted(pending: PendingRefer, atMs: number): PendingRefer {
  const taken: PendingRefer = { ...pending, stage: 'accepted' };
  return pending.deadline ? taken : withDeadline(taken, atMs + pending.timers.ringTimeoutMs, 'ringing');
}

function refused(state: CallState, sipStatus: number, reasonPhrase: string, atMs: number): CallState {
  const reason = reasonText(sipStatus, reasonPhrase);
  const reasonCode = sipStatus === 603 ? 'declined' : 'error';
  return concluded(state, { status: 'failed', evidence: 'response', sipStatus, reasonCode, reason }, atMs);
}
