import type { SipHeaderField } from '../../contracts/transfer';

/** What a peer's REFER asks for. */
export interface ReferRequest {
  /** URI without headers. */
  target: string;
  /** Header fields of the URI: those that the target's INVITE is to carry. */
  headers: SipHeaderField[];
}

const NAME_ADDR = /^\s*(?:"(?:[^"\\]|\\.)*"|[^<",]*)\s*<([^<>\s]+)>\s*(?:;[^,]*)?$/;
const ADDR_SPEC = /^\s*([A-Za-z][^\s<>",;?]*)\s*(?:;[^,]*)?$/;

/**
 * Reads `Refer-To` (RFC 3515 section 2.1), its URI headers percent-decoded.
 * @returns a fault in words that fit into a reason phrase
 */
export function readReferTo(header: string | undefined): ReferRequest | { fault: string } {
  if (header === undefined) return { fault: 'Refer-To is missing' };
  const uri = uriOf(header);
  if (uri === undefined) return { fault: 'Refer-To is not one URI' };
  const [target = '', query, ...rest] = uri.split('?');
  if (rest.length > 0) return { fault: 'Refer-To has two header parts' };
  const method = /;method=([^;]+)/i.exec(target)?.[1];
  if (method !== undefined && method.toUpperCase() !== 'INVITE') return { fault: `Refer-To asks for ${method}` };
  try {
    const headers = (query ?? '').split('&').filter(Boolean).map(headerOf);
    return { target: target.replace(/;method=[^;]+/i, ''), headers };
  } catch {
    return { fault: 'Refer-To has a malformed escape' };
  }
}

/** @returns the URI of a Referred-By header (RFC 3892); undefined when there is none that can be read */
export function readReferredBy(header: string | undefined): string | undefined {
  return header === undefined ? undefined : uriOf(header);
}

function uriOf(header: string): string | undefined {
  return (NAME_ADDR.exec(header) ?? ADDR_SPEC.exec(header))?.[1];
}

function headerOf(field: string): SipHeaderField {
  const [name = '', ...value] = field.split('=');
  return { name: decodeURIComponent(name), value: decodeURIComponent(value.join('=')) };
}
