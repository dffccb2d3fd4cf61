import type { TransferReasonCode } from './transfer';

const NO_ANSWER = new Set([408, 480, 487, 504]);
const BUSY = new Set([486, 600]);
const DECLINED = new Set([603, 607, 608]);

/** The reason code of a final status of 300 or more for a transfer target's leg; docs/transfer.md lists the table. */
export function reasonCodeOf(sipStatus: number): TransferReasonCode {
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
