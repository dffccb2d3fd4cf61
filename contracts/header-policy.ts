import type { Fault } from './failures';
import type { SipHeaderField } from './transfer';
import { TRANSFER_LIMITS } from './transfer';

/** RFC 3261 section 25.1 `token`, without `%`: a peer that decodes a URI header twice would read another name. */
export const HEADER_NAME = /^[A-Za-z0-9\-.!*_+`'~]+$/;

/** Line breaks and NUL end or truncate a header field: never allowed anywhere. */
const LINE_BREAKING = /[\r\n\0]/;

/** Of control characters RFC 3261 section 25.1 allows the tab alone; U+2028 and U+2029 are line breaks to some parsers. */
const CONTROL = /[^\P{Cc}\t]|[\u2028\u2029]/u;

/**
 * Header fields that the SIP stack or this engine owns, in their long and compact forms. `body` is none: as a URI header it would be the
 * body of the request (RFC 3261 section 19.1.1).
 */
const OWNED = new Set(
  `body via v route record-route path service-route from f to t call-id i cseq contact m max-forwards l c e mime-version authorization www-authenticate
   authentication-info replaces join refer-to r referred-by b refer-sub target-dialog require
   supported k unsupported allow event o allow-events u subscription-state session-expires x min-se rseq rack expires min-expires
   date timestamp identity x-effect-id x-transfer-token x-call-id x-call-api`
    .split(/\s+/)
    .filter((name) => name !== '')
);

/** Families of them: what describes the body, and what proxies talk about. */
const OWNED_FAMILIES = ['content-', 'proxy-'];

/** True for a header field that a bot may not set on a transfer. */
export function isOwnedHeader(name: string): boolean {
  const lowerCase = name.toLowerCase();
  return OWNED.has(lowerCase) || OWNED_FAMILIES.some((family) => lowerCase.startsWith(family));
}

export function hasLineBreak(text: string): boolean {
  return LINE_BREAKING.test(text);
}

/** Checks headers that a bot wants on a transfer: names, values, count and total size. Paths are relative to the list. */
export function headerFaults(headers: readonly SipHeaderField[]): Fault[] {
  const faults = headers.flatMap((header, i) => fieldFaults(header, i));
  const characters = headers.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  if (headers.length > TRANSFER_LIMITS.headers)
    faults.push({ path: '', message: `${headers.length} headers, at most ${TRANSFER_LIMITS.headers}` });
  if (characters > TRANSFER_LIMITS.headerCharacters)
    faults.push({
      path: '',
      message: `${characters} characters of names and values, at most ${TRANSFER_LIMITS.headerCharacters}`,
    });
  return faults;
}

function fieldFaults({ name, value }: SipHeaderField, i: number): Fault[] {
  if (!HEADER_NAME.test(name))
    return [{ path: `[${i}].name`, message: 'is not a SIP header name (RFC 3261 token without %)' }];
  // drachtio-srf keeps headers in an object with a prototype: these would lose their value or gain another.
  if (name in Object.prototype) return [{ path: `[${i}].name`, message: `${name} cannot be sent (rename it)` }];
  if (isOwnedHeader(name))
    return [{ path: `[${i}].name`, message: `${name} may not be set: the engine or the SIP stack owns it` }];
  if (hasLineBreak(value)) return [{ path: `[${i}].value`, message: 'contains CR, LF or NUL' }];
  if (CONTROL.test(value)) return [{ path: `[${i}].value`, message: 'contains a control character' }];
  return [];
}
