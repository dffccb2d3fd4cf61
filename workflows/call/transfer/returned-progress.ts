import { reasonCodeOf, reasonText } from '../../../contracts/sip-outcome';
import type { TransferOutcome } from '../../../contracts/transfer';
import { returnedPair, withLegDown, withTransferLeg } from '../legs';
import type { CallEvent, CallState } from '../state';
import { ended, isUp } from '../state';
import { concluded } from './conclusion';
import { pendingBy } from './pending';

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>;

/** A call that a peer opened to us because of our REFER. */
export interface ReturnedState {
  /** The attempt that the REFER belongs to, counted from 1; also that of its leg and of the target's. */
  attempt: number;
  inviteId: string;
  /** `ringing`: the target is being called. `joined`: it has answered. `over`: it has not. */
  stage: 'ringing' | 'joined' | 'over';
}

/** What we know of a target that answered through us, whatever the peer reports. */
export const ANSWERED_THROUGH_US: TransferOutcome = { status: 'answered', evidence: 'response', sipStatus: 200 };

export function onCallReturned(state: CallState, { attempt, inviteId }: Of<'CallReturned'>): CallState {
  if (!pendingBy(state, 'refer') || state.returned?.attempt === attempt) return state;
  return { ...state, returned: { attempt, inviteId, stage: 'ringing' } };
}

/** The target has answered: the peer's new call and the target talk through us. */
export function onReturnedJoined(state: CallState, event: Of<'ReturnedJoined'>): CallState {
  if (!isRinging(state, event.attempt)) return state;
  const withLegs = withTransferLeg(withTransferLeg(state, event.returned), event.target);
  const joined = withStage(withLegs, 'joined');
  return hasLostCaller(joined) ? concluded(joined, ANSWERED_THROUGH_US, event.atMs) : joined;
}

/** The target was not reached. The peer hears it and reports it, unless it has ended the leg that it would report on. */
export function onReturnedRefused(state: CallState, event: Of<'ReturnedRefused'>): CallState {
  if (!isRinging(state, event.attempt)) return state;
  const { sipStatus, reasonPhrase, atMs } = event;
  return over(state, { sipStatus, reason: reasonText(sipStatus, reasonPhrase) }, atMs);
}

/** The peer gave its new call up, or was gone before our answer. */
export function onReturnedGone(state: CallState, { inviteId, atMs }: Of<'ReturnedGone'>): CallState {
  const { returned } = state;
  if (returned?.inviteId !== inviteId || returned.stage === 'over') return state;
  if (returned.stage === 'ringing') return over(state, { sipStatus: 487, reason: 'the caller hung up' }, atMs);
  return afterReturnedLeft(withLegDown(state, { kind: 'returned', attempt: returned.attempt }), 'caller', atMs);
}

/** One of the two has left; `connected` ends with them. */
export function afterReturnedLeft(state: CallState, by: 'caller' | 'target', atMs: number, reason?: string): CallState {
  if (state.phase !== 'connected') return state;
  return ended(state, { reasonCode: 'transferred', reason: reason ?? `the ${by} hung up`, by }, atMs);
}

/** A call that came back is there: the target rings, or talks with it. */
export function isThroughReturned(state: CallState): boolean {
  return state.returned?.stage === 'ringing' || returnedPair(state).every(isUp);
}

/** The target of the pending attempt has answered through us. */
export function hasAnsweredThroughUs(state: CallState): boolean {
  return isOfPending(state) && state.returned?.stage === 'joined';
}

/** The target of the pending attempt rings through us: what becomes of it we see ourselves. */
export function isRingingThroughUs(state: CallState): boolean {
  return isOfPending(state) && state.returned?.stage === 'ringing';
}

function isOfPending({ pending, returned, attempts }: CallState): boolean {
  return pending?.method === 'refer' && returned?.attempt === attempts.length;
}

function isRinging({ returned }: CallState, attempt: number): boolean {
  return returned?.attempt === attempt && returned.stage === 'ringing';
}

function over(state: CallState, { sipStatus, reason }: { sipStatus: number; reason: string }, atMs: number): CallState {
  const next = withStage(state, 'over');
  if (hasLostCaller(next)) {
    const reasonCode = reasonCodeOf(sipStatus);
    return concluded(next, { status: 'failed', evidence: 'response', sipStatus, reasonCode, reason }, atMs);
  }
  return afterReturnedLeft(next, 'target', atMs, reason);
}

/** The peer has ended the caller's leg: it will report nothing more. */
function hasLostCaller(state: CallState): boolean {
  return isOfPending(state) && !isUp(state.caller);
}

function withStage(state: CallState, stage: ReturnedState['stage']): CallState {
  return state.returned ? { ...state, returned: { ...state.returned, stage } } : state;
}
