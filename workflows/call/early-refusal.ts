import { FAILURE } from '../../contracts/failures';
import { TRANSFER_LIMITS } from '../../contracts/transfer';
import { readTarget, targetPolicyOf } from '../../contracts/transfer-target';
import { refusal } from './refusal';
import type { CallSession } from './session';
import { COUNTED_REFUSALS } from './transfer/refused';
import { refuseUnreadEarly } from './unread';

/**
 * Validator of `sendActivities`: refuses what can be seen to be wrong without the schemas. A refusal here leaves no event in the history, so
 * that a bot which repeats its mistake for ever cannot use the history up. Validators do not run again on replay.
 */
export function refuseEarly(call: CallSession, payload: unknown): void {
  if (call.isEnded) throw refusal(FAILURE.CALL_NOT_READY, 'the call has ended');
  refuseUnreadEarly(payload);
  if (typeof payload === 'string' && !call.input.channel.dialect?.startsWith('copilot')) throw notAnActivity();
  for (const [i, activity] of listOf(payload).entries()) refuseTargets(call, activity, `activities[${i}]`);
}

/** Prose means something only to the dialects that hand it to an agent. */
function notAnActivity(): Error {
  const fault = { path: 'activities[0]', message: 'must be an object' };
  return refusal(FAILURE.INVALID_ACTIVITY, `${fault.path} ${fault.message}`, [fault]);
}

function refuseTargets(call: CallSession, activity: unknown, path: string): void {
  if (!isObject(activity) || !isObject(activity['activityParams'])) return;
  const { transferTarget, transferTargets } = activity['activityParams'];
  const { transferChannel } = { ...call.input.channel.presets, ...call.sessionParams, ...activity['activityParams'] };
  const params = `${path}.activityParams`;
  refuseTarget(call, transferTarget, `${params}.transferTarget`, transferChannel);
  if (!Array.isArray(transferTargets)) return;
  for (const [i, planned] of transferTargets.slice(0, TRANSFER_LIMITS.planTargets).entries()) {
    const at = `${params}.transferTargets[${i}]`;
    if (!isObject(planned)) refuseTarget(call, planned, at, transferChannel);
    else
      refuseTarget(
        call,
        planned['transferTarget'],
        `${at}.transferTarget`,
        planned['transferChannel'] ?? transferChannel
      );
  }
}

function refuseTarget(call: CallSession, target: unknown, path: string, transferChannel: unknown): void {
  if (typeof target !== 'string') return;
  const reading = readTarget(target, targetPolicyOf(call.input));
  if ('target' in reading) return;
  // What the rules of the channel's trunk are is known only where it is configured.
  if (reading.isDenied && transferChannel !== undefined) return;
  // A denied target is worth a line in the record; a malformed one is a mistake.
  if (reading.isDenied && call.refused.length < COUNTED_REFUSALS) return;
  const fault = { path, message: reading.fault };
  throw refusal(FAILURE.INVALID_ACTIVITY, `${fault.path} ${fault.message}`, [fault]);
}

function listOf(payload: unknown): unknown[] {
  if (Array.isArray(payload)) return payload;
  if (isObject(payload) && Array.isArray(payload['activities'])) return payload['activities'];
  return [payload];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
