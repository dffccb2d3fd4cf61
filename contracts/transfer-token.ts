import type { CallId } from './ids';
import { isCallId } from './ids';

/**
 * What a REFER to a number carries and the INVITE that comes back because of it shows: `<callId>.<attempt>.<secret>`. It leads to the
 * workflow without a table; the secret is the workflow's own and holds for one INVITE while the attempt is pending.
 */
export interface TransferToken {
  callId: CallId;
  /** Counts the call's attempts from 1. */
  attempt: number;
  /** Letters and digits. */
  secret: string;
}

/** Header field of the INVITE, from the URI headers of Refer-To. */
export const TRANSFER_TOKEN_HEADER = 'X-Transfer-Token';

/** Parameter of the URI in Referred-By: peers that drop the header field may still copy that. */
export const TRANSFER_TOKEN_PARAMETER = 'transfer-token';

const TOKEN = /^([a-z2-7]{16})\.(\d{1,6})\.([a-z0-9]{32})$/;
const IN_URI = new RegExp(`;${TRANSFER_TOKEN_PARAMETER}=([^;?>\\s]+)`, 'i');

export function transferToken({ callId, attempt, secret }: TransferToken): string {
  return `${callId}.${attempt}.${secret}`;
}

/** The token of an INVITE, from either place. */
export function readTransferToken(header: (name: string) => string | undefined): TransferToken | undefined {
  const written = [header(TRANSFER_TOKEN_HEADER), IN_URI.exec(header('Referred-By') ?? '')?.[1]];
  return written.map(parse).find((token) => token !== undefined);
}

function parse(text = ''): TransferToken | undefined {
  const [, callId = '', attempt, secret = ''] = TOKEN.exec(text.trim().toLowerCase()) ?? [];
  return isCallId(callId) ? { callId, attempt: Number(attempt), secret } : undefined;
}
