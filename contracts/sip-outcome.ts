import type { TransferReasonCode } from './transfer';

const NO_ANSWER = new Set([408, 480, 487, 504]);
const BUSY = new Set([486, 600]);
const DECLINED = new Set([603, 607, 608]);

/** What Q.850 causes make of a 480, which gateways send for many reasons; others leave it a `no-answer`. */
const CAUSES_OF_480: Readonly<Record<number, TransferReasonCode>> = {
  1: 'error',
  3: 'error',
  17: 'busy',
  21: 'declined',
  28: 'error',
};
const CALL_REJECTED = 21;

/**
 * The reason code of a final status of 300 or more for a transfer target's leg; docs/transfer.md lists the table.
 * @param cause Q.850 cause that came with the status
 */
export function reasonCodeOf(sipStatus: number, cause?: number): TransferReasonCode {
  if (sipStatus === 403 && cause === CALL_REJECTED) return 'declined';
  const refined = sipStatus === 480 && cause !== undefined ? CAUSES_OF_480[cause] : undefined;
  if (refined) return refined;
  if (NO_ANSWER.has(sipStatus)) return 'no-answer';
  if (BUSY.has(sipStatus)) return 'busy';
  if (DECLINED.has(sipStatus)) return 'declined';
  return 'error';
}

/** The free text of a failure in the form of a SIP Reason header value (RFC 3326), as VoiceAI Connect words it. */
export function reasonText(sipStatus: number, reasonPhrase: string): string {
  // A quoted-string (RFC 3261 section 25.1): the peer's phrase may hold a quote of its own.
  const phrase = reasonPhrase.replace(/["\\]/g, '\\$&');
  return `SIP ;cause=${sipStatus} ;text="{${sipStatus} ${phrase}}"`;
}
