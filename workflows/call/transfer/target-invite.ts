import type { CallId, EffectId } from '../../../contracts/ids';
import { effectId } from '../../../contracts/ids';
import type { SipHeaderField, TransferRequest } from '../../../contracts/transfer';

/** The INVITE to the target of an attempt: each has two numbers, since a refusal of its session interval (422) calls for another INVITE. */
export function targetEffect(callId: CallId, attempt: number): EffectId {
  return effectId(callId, 'invite-target', 2 * attempt);
}

/** Header fields that the bot wants on it, Referred-By (RFC 3892) among them. */
export function headersToTarget({ headers, referredBy }: TransferRequest): SipHeaderField[] {
  return [...headers, ...(referredBy === undefined ? [] : [{ name: 'Referred-By', value: `<${referredBy}>` }])];
}
