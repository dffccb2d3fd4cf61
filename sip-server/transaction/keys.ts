import { parseCSeq } from '../message/cseq';
import { branchCookie } from '../message/identifiers';
import type { SipMessage, SipRequest, SipResponse } from '../message/message';
import { tagOf } from '../message/name-addr';
import { topVia } from '../message/via';

const defaultPort = 5060;

/**
 * The key of the server transaction that a request belongs to (RFC 3261 section 17.2.3), narrowed by Call-ID, CSeq number and From tag. A
 * peer of RFC 2543, known by a branch without the magic cookie, is matched by Request-URI and the whole Via instead.
 * @param method INVITE for the transaction that an ACK or CANCEL refers to
 */
export function serverKey(request: SipRequest, method: string = request.method): string {
  const via = topVia(request.headers);
  const branch = via?.branch?.toLowerCase() ?? '';
  const sentBy = `${via?.host.toLowerCase() ?? ''}:${via?.port ?? defaultPort}`;
  const isRfc3261 = branch.startsWith(branchCookie.toLowerCase());
  const own = isRfc3261 ? [branch, sentBy] : ['rfc2543', branch, sentBy, request.uri];
  return JSON.stringify([...own, method, ...callKey(request)]);
}

/** The key of the client transaction that a request opens or a response belongs to (RFC 3261 section 17.1.3). */
export function clientKey(message: SipMessage): string {
  const method = parseCSeq(message.headers.get('CSeq') ?? '')?.method ?? '';
  return JSON.stringify([topVia(message.headers)?.branch?.toLowerCase() ?? '', method, ...callKey(message)]);
}

/** What `clientKey` leaves open: a response has our Via alone, and the To tag that the request had. */
export function isResponseTo(request: SipRequest, response: SipResponse): boolean {
  const toTag = tagOf(request.headers.get('To') ?? '')?.toLowerCase();
  const isSameTo = toTag === undefined || toTag === tagOf(response.headers.get('To') ?? '')?.toLowerCase();
  return isSameTo && response.headers.values('Via').length === 1;
}

function callKey({ headers }: SipMessage): (string | number)[] {
  const number = parseCSeq(headers.get('CSeq') ?? '')?.number ?? -1;
  return [headers.get('Call-ID') ?? '', number, tagOf(headers.get('From') ?? '')?.toLowerCase() ?? ''];
}
