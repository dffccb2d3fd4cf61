import type { LegName } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import { legOf } from './legs';
import type { CallEvent, CallState } from './state';
import { pendingBy } from './transfer/pending';

/** The end of a leg before its answer: the worker that heard the answer died with it, and it is told again after the BYE. */
export interface EarlyEnd {
  leg: LegName;
  dialogId?: string;
  /** Tag of the peer: another branch of the same INVITE has another. */
  remoteTag?: string;
}

/** Branches of one INVITE that may answer and hang up before we know whose answer counts. */
const REMEMBERED = 8;

/** True when the leg is being called, so that its answer may be on its way. */
export function isAwaited(state: CallState, leg: LegName): boolean {
  if (state.phase === 'ended' || legOf(state, leg)) return false;
  if (leg.kind === 'bot') return state.phase === 'arriving' || state.phase === 'ringing';
  if (leg.kind !== 'target') return false;
  const isInvited = pendingBy(state, 'invite')?.stage === 'inviting' && leg.attempt === state.attempts.length;
  return isInvited || (state.returned?.stage === 'ringing' && leg.attempt === state.returned.attempt);
}

export function onLegEndedEarly(state: CallState, { end }: Extract<CallEvent, { type: 'LegEndedEarly' }>): CallState {
  if (!isAwaited(state, end.leg)) return state;
  return { ...state, endedEarly: [...(state.endedEarly ?? []), end].slice(-REMEMBERED) };
}

/** True when the leg that has just answered had hung up before we heard of the answer. */
export function hasEndedEarly({ endedEarly = [] }: CallState, { name, dialogId, remoteTag }: LegRecord): boolean {
  return endedEarly.some(
    (end) =>
      end.leg.kind === name.kind &&
      end.leg.attempt === name.attempt &&
      (end.dialogId ?? dialogId) === dialogId &&
      (end.remoteTag ?? remoteTag) === remoteTag
  );
}
