import { patched, uuid4 } from '@temporalio/workflow';
import type { TransferRequest } from '../../../contracts/transfer';
import { TRANSFER_LIMITS } from '../../../contracts/transfer';
import { timersOf } from '../../../contracts/transfer-timers';
import type { CallSession } from '../session';
import { chosenMethod } from './method';
import { trunkOfRequest } from './trunk-of-request';

/** @returns the id of the attempt that begins */
export function openAttempt(call: CallSession, asked: TransferRequest): string {
  const { callId } = call.input;
  const atMs = Date.now();
  const request = withPlanEnd(asked, atMs);
  const trunk = trunkOfRequest(call, request);
  const { planUntilMs = Infinity } = request;
  const timers = timersOf(trunk, request);
  const { byeWhileRinging } = trunk.refer ?? {};
  const attemptId = `${callId}-transfer-${call.state.attempts.length + 1}`;
  const choice = chosenMethod(trunk, request);
  const isReferToNumber = choice.method === 'refer' && /^tel:/i.test(request.target);
  call.apply({
    type: 'TransferRequested',
    attemptId,
    ...choice,
    request,
    ...(request.over === undefined ? {} : { trunk: trunk.id }),
    timers: { ...timers, ringTimeoutMs: Math.min(timers.ringTimeoutMs, planUntilMs - atMs) },
    ...(byeWhileRinging === undefined ? {} : { byeWhileRinging }),
    ...(call.state.continues && keepsWaiting(call) ? { keepsWaiting: true } : {}),
    ...(isReferToNumber ? { returnSecret: uuid4().replaceAll('-', '') } : {}),
    atMs,
  });
  return attemptId;
}

/** Calls of a time when bots did not wait go by a patch, whose marker a replay may miss behind a local activity. */
function keepsWaiting({ input }: CallSession): boolean {
  return input.readsByActivity === true || patched('2026-11-bot-keeps-waiting');
}

/** The request with the time by which its plan must come to an end, known from its first attempt on. */
function withPlanEnd(request: TransferRequest, atMs: number): TransferRequest {
  const { planTimeoutMs, planUntilMs } = request;
  if (planTimeoutMs === undefined || planUntilMs !== undefined) return request;
  const untilMs = atMs + planTimeoutMs;
  // Not by a patch alone: its marker may stand a workflow task behind the local activity that this runs after, and then a replay misses it.
  const leastMs = request.planLeastMs ?? (patched('2026-11-plan-last-start') ? TRANSFER_LIMITS.minTimeoutMs : 1);
  return { ...request, planUntilMs: untilMs, planLastStartMs: untilMs - leastMs };
}
