import type { ReferNotified } from '../../../contracts/messages';
import type { CallEvent, CallState } from '../state';
import { ended } from '../state';
import { concluded } from './conclusion';
import type { PendingRefer } from './pending';
import { pendingBy, withDeadline, withPending } from './pending';
import * as outcomes from './refer-outcomes';
import { ANSWERED_THROUGH_US, hasAnsweredThroughUs, isRingingThroughUs } from './returned-progress';

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>;

/** The final answer to the REFER. Any 2xx accepts it: RFC 7647 has 200 where RFC 3515 had 202. */
export function onReferAnswered(state: CallState, event: Of<'ReferAnswered'>): CallState {
  const known = { ...state, lastReferCseq: Math.max(event.cseq, state.lastReferCseq ?? 0) };
  const pending = pendingBy(known, 'refer', event.attemptId);
  if (!pending) return known;
  const { sipStatus, atMs } = event;
  if (hasLeftUnanswered(pending)) return answeredToNobody(known, pending, event);
  if (sipStatus === 408) return onReferUnanswered(state, { type: 'ReferUnanswered', attemptId: event.attemptId, atMs });
  if (pending.fallsBackOn.includes(sipStatus) && !isRingingThroughUs(known)) return fallenBack(known, pending, event);
  if (sipStatus >= 300) {
    const failed = concluded(known, outcomes.refused(event), atMs);
    return sipStatus === 481
      ? ended(failed, { reasonCode: 'error', reason: 'the caller’s dialog is gone', by: 'fault' }, atMs)
      : failed;
  }
  if (event.isUnreported) return concluded(known, outcomes.unreported, atMs);
  return withPending(known, accepted({ ...pending, referCseq: event.cseq }, atMs));
}

/** The caller's BYE came before we knew of the answer. A REFER that was taken goes on at the peer. */
function answeredToNobody(state: CallState, pending: PendingRefer, event: Of<'ReferAnswered'>): CallState {
  if (event.sipStatus >= 300) return callerHungUp(state, event.atMs);
  const taken: PendingRefer = { ...pending, stage: 'accepted', referCseq: event.cseq };
  return withPending(state, withDeadline(taken, event.atMs + pending.timers.byeLingerMs, 'bye-linger'));
}

/** The peer will not take REFER: the same attempt goes on by INVITE. */
function fallenBack(state: CallState, pending: PendingRefer, event: Of<'ReferAnswered'>): CallState {
  const { attemptId, request, timers } = pending;
  const referRefused = { sipStatus: event.sipStatus, reasonPhrase: event.reasonPhrase };
  const attempts = state.attempts.map((attempt) =>
    attempt.attemptId === attemptId ? { ...attempt, method: 'invite' as const, referRefused } : attempt
  );
  return withPending({ ...state, attempts }, { attemptId, request, timers, method: 'invite', stage: 'inviting' });
}

/** Refused for now: a NOTIFY can only belong to a later REFER. */
export function onReferPutOff(state: CallState, { cseq }: Of<'ReferPutOff'>): CallState {
  return { ...state, lastReferCseq: cseq };
}

/** Nothing reached the peer: the attempt failed before it began. */
export function onReferNotSent(state: CallState, event: Of<'ReferNotSent'>): CallState {
  const pending = pendingBy(state, 'refer', event.attemptId);
  if (!pending) return state;
  if (hasLeftUnanswered(pending)) return callerHungUp(state, event.atMs);
  const failed = concluded(state, outcomes.notSent(event.reason), event.atMs);
  return event.isDialogGone
    ? ended(failed, { reasonCode: 'error', reason: event.reason, by: 'fault' }, event.atMs)
    : failed;
}

/** Bytes left and no answer came: the peer may have acted, so a NOTIFY or BYE is still awaited. */
export function onReferUnanswered(state: CallState, event: Of<'ReferUnanswered'>): CallState {
  const pending = pendingBy(state, 'refer', event.attemptId);
  if (pending?.stage !== 'requested') return state;
  if (hasLeftUnanswered(pending)) return callerHungUp(state, event.atMs);
  return withPending(
    state,
    withDeadline({ ...pending, stage: 'in-doubt' }, event.atMs + pending.timers.ringTimeoutMs, 'ringing')
  );
}

/** After a REFER without an answer: a peer that is there leaves the call to the bot, a dead leg ends it. */
export function onLegProbed(state: CallState, { attemptId, isAlive, atMs }: Of<'LegProbed'>): CallState {
  const pending = pendingBy(state, 'refer', attemptId);
  if (pending?.stage !== 'in-doubt' || pending.deadline?.reason === 'bye-linger') return state;
  const failed = concluded(state, outcomes.unanswered(isAlive), atMs);
  return isAlive
    ? failed
    : ended(failed, { reasonCode: 'error', reason: 'the caller’s side does not answer', by: 'fault' }, atMs);
}

/**
 * A NOTIFY of the subscription (RFC 3515 section 2.4). One that overtakes the REFER's own answer says as well that the REFER was taken
 * (RFC 6665 section 4.1.2.4).
 */
export function onReferNotified(state: CallState, { notify, atMs }: Of<'ReferNotified'>): CallState {
  const open = pendingBy(state, 'refer');
  if (!open) return afterwards(state, notify);
  if (isOfOlderRefer(state, open, notify)) return state;
  const pending = open.stage === 'accepted' ? open : accepted(open, atMs);
  const { sipStatus } = notify;
  if (sipStatus !== undefined && sipStatus >= 200)
    return concluded(state, outcomes.notified(pending, notify, sipStatus), atMs);
  const progressed = sipStatus === undefined ? pending : { ...pending, isProgressing: true };
  if (notify.subscription.state !== 'terminated') return withPending(state, progressed);
  return subscriptionEnded(state, progressed, notify, atMs);
}

/**
 * The caller's BYE during an attempt. After acceptance it belongs to the transfer; before, the caller has left.
 * @param answerWithinMs how long the answer to the REFER may still be on its way to us: the worker that waited for it may have died
 */
export function onCallerLeftWhilePending(state: CallState, atMs: number, answerWithinMs = 0): CallState {
  const pending = pendingBy(state, 'refer');
  if (!pending) return callerHungUp(state, atMs);
  // The peer keeps the caller on the call that came back: what becomes of that is seen, not presumed.
  if (hasAnsweredThroughUs(state)) return concluded(state, ANSWERED_THROUGH_US, atMs);
  if (isRingingThroughUs(state)) return state;
  if (pending.stage === 'requested')
    return answerWithinMs === 0
      ? callerHungUp(state, atMs)
      : withPending(state, withDeadline(pending, atMs + answerWithinMs, 'bye-linger'));
  return withPending(state, withDeadline(pending, atMs + pending.timers.byeLingerMs, 'bye-linger'));
}

/** The deadline of a pending attempt has come. */
export function onDeadlinePassed(state: CallState, event: Of<'DeadlinePassed'>): CallState {
  const pending = pendingBy(state, 'refer', event.attemptId);
  if (!pending?.deadline || event.atMs < pending.deadline.atMs) return state;
  if (hasLeftUnanswered(pending)) return callerHungUp(state, event.atMs);
  if (hasAnsweredThroughUs(state)) return concluded(state, ANSWERED_THROUGH_US, event.atMs);
  return concluded(state, outcomes.timedOut(pending, pending.deadline.reason), event.atMs);
}

function hasLeftUnanswered({ stage, deadline }: PendingRefer): boolean {
  return stage === 'requested' && deadline?.reason === 'bye-linger';
}

function callerHungUp(state: CallState, atMs: number): CallState {
  return ended(state, { reasonCode: 'client-disconnected', reason: 'the caller hung up', by: 'caller' }, atMs);
}

/** A report of success after the attempt was given up: the bot has been told of a failure and keeps the call until the peer ends it. */
function afterwards(state: CallState, notify: ReferNotified): CallState {
  const { loose } = state;
  const { sipStatus = 0, referCseq } = notify;
  const isOther = referCseq !== undefined && loose?.referCseq !== undefined && referCseq !== loose.referCseq;
  if (!loose || isOther || sipStatus < 200 || sipStatus >= 300) return state;
  return { ...state, loose: { ...loose, isAnswered: true } };
}

/** Ended before a final status: refused by the notifier, or undecided until the peer's BYE tells. */
function subscriptionEnded(
  state: CallState,
  pending: PendingRefer,
  { subscription: { reason } }: ReferNotified,
  atMs: number
): CallState {
  if (reason === 'rejected' || reason === 'deactivated')
    return concluded(state, outcomes.subscriptionRefused(reason), atMs);
  const over = { ...pending, isSubscriptionOver: true };
  if (pending.deadline?.reason === 'bye-linger') return withPending(state, over);
  return withPending(state, withDeadline(over, atMs + pending.timers.subscriptionEndWatchMs, 'subscription-end'));
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
