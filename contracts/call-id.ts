import { createHash } from 'node:crypto';
import type { CallId } from './ids';

/** The parts of a caller's INVITE that make it this INVITE and no other. */
export interface InviteIdentity {
  /** Call-ID header, case-sensitive. */
  sipCallId: string;
  fromTag: string;
  cseq: number;
  /** Branch of the top Via (RFC 3261 section 8.1.1.7). */
  branch: string;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const CALL_ID_BYTES = 10;

/**
 * Derives the call id of a caller's INVITE: the same for a retransmission or a second delivery, another for a retry after a challenge
 * (CSeq and branch differ) and for another branch of a forking proxy.
 */
export function deriveCallId(invite: InviteIdentity): CallId {
  const text = [invite.sipCallId, invite.fromTag, String(invite.cseq), invite.branch].join('\n');
  return base32(createHash('sha256').update(text).digest().subarray(0, CALL_ID_BYTES)) as CallId;
}

/** RFC 4648 section 6, lower case, without padding. */
function base32(bytes: Buffer): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  const length = (bytes.length * 8) / 5;
  return Array.from({ length }, (_, i) => BASE32[Number((bits >> BigInt(5 * (length - 1 - i))) & 31n)]).join('');
}
