import { reasonCodeOf, reasonText } from '../../../contracts/sip-outcome';
import { mediaOf, withMedia, withTransferLeg } from '../legs';
import type { CallEvent, CallState } from '../state';
import { ended } from '../state';
import { concluded } from './conclusion';
import { pendingBy, withPending } from './pending';

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>;

/** The target has answered; caller and target are joined next. */
export function onTargetAnswered(state: CallState, { attemptId, target }: Of<'TargetAnswered'>): CallState {
  const pending = pendingBy(state, 'invite', attemptId);
  if (pending?.stage !== 'inviting') return state;
  return withPending(withTransferLeg(state, target), { ...pending, stage: 'joining' });
}

/** A final response of 300 or more. */
export function onTargetRefused(state: CallState, event: Of<'TargetRefused'>): CallState {
  const { attemptId, sipStatus, reasonPhrase, atMs } = event;
  if (!pendingBy(state, 'invite', attemptId)) return state;
  const reasonCode = reasonCodeOf(sipStatus);
  const reason = reasonText(sipStatus, reasonPhrase);
  return concluded(state, { status: 'failed', evidence: 'response', sipStatus, reasonCode, reason }, atMs);
}

/** No final response within the ring time. */
export function onTargetSilent(state: CallState, { attemptId, atMs }: Of<'TargetSilent'>): CallState {
  if (!pendingBy(state, 'invite', attemptId)) return state;
  const reason = 'no answer within the ring time';
  return concluded(state, { status: 'failed', evidence: 'timer', reasonCode: 'no-answer', reason }, atMs);
}

/** The target could not be called, or nobody knows what became of its call. */
export function onTargetNotCalled(state: CallState, { attemptId, reason, atMs }: Of<'TargetNotCalled'>): CallState {
  if (!pendingBy(state, 'invite', attemptId)) return state;
  return concluded(state, { status: 'failed', evidence: 'local', reasonCode: 'error', reason }, atMs);
}

/** Caller and target talk with each other. */
export function onTargetJoined(state: CallState, { attemptId, legs, atMs }: Of<'TargetJoined'>): CallState {
  const target = legs.find(({ name }) => name.kind === 'target');
  if (!pendingBy(state, 'invite', attemptId) || !target) return state;
  const joined = { ...withMedia(state, mediaOf(legs)), joinedTarget: target.name.attempt };
  return concluded(joined, { status: 'answered', evidence: 'response', sipStatus: 200 }, atMs);
}

/** The target answered in vain. */
export function onJoinFailed(state: CallState, event: Of<'JoinFailed'>): CallState {
  const { attemptId, reason, sipStatus, isCallerGone, atMs } = event;
  if (!pendingBy(state, 'invite', attemptId)) return state;
  const status = sipStatus === undefined ? {} : { sipStatus };
  const failed = concluded(
    state,
    { status: 'failed', evidence: 'media', reasonCode: 'error', reason, ...status },
    atMs
  );
  if (!isCallerGone) return failed;
  return ended(failed, { reasonCode: 'error', reason: 'the caller’s dialog is gone', by: 'fault' }, atMs);
}
