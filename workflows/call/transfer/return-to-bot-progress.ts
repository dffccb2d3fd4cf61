import type { CallEvent, CallState } from '../state';
import { ended } from '../state';

/** The target has left: the caller is the bot's again. */
export function returning(state: CallState): CallState {
  const { joinedTarget: _, continues: __, keepsWaiting: ___, ...rest } = state;
  return { ...rest, phase: 'conversing', isReturning: true };
}

/** Caller and bot talk with each other, unless the caller turned out to be gone. */
export function onCallerReturned(
  state: CallState,
  { isCallerGone, atMs }: Extract<CallEvent, { type: 'CallerReturned' }>
): CallState {
  const { isReturning: _, ...rest } = state;
  if (!isCallerGone) return rest;
  return ended(rest, { reasonCode: 'error', reason: 'the caller’s dialog is gone', by: 'fault' }, atMs);
}
