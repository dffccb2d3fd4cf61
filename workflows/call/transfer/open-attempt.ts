import type { TransferRequest } from '../../../contracts/transfer';
import { timersOf } from '../../../contracts/transfer-timers';
import type { CallSession } from '../session';
import { chosenMethod } from './method';
import { withPlanEnd } from './plan';

/** @returns the id of the attempt that begins */
export function openAttempt(call: CallSession, asked: TransferRequest): string {
  const { trunk, callId } = call.input;
  const atMs = Date.now();
  const request = withPlanEnd(asked, atMs);
  const { planUntilMs = Infinity } = request;
  const timers = timersOf(trunk, request);
  const { byeWhileRinging } = trunk.refer ?? {};
  const attemptId = `${callId}-transfer-${call.state.attempts.length + 1}`;
  call.apply({
    type: 'TransferRequested',
    attemptId,
    ...chosenMethod(trunk, request),
    request,
    timers: { ...timers, ringTimeoutMs: Math.min(timers.ringTimeoutMs, planUntilMs - atMs) },
    ...(byeWhileRinging === undefined ? {} : { byeWhileRinging }),
    atMs,
  });
  return attemptId;
}
