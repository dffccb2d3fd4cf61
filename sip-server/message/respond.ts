import { headerKey } from './header-names';
import { SipHeaders } from './headers';
import { newTag } from './identifiers';
import type { SipMessage, SipRequest, SipResponse } from './message';
import { tagOf, withTag } from './name-addr';
import { reasonPhrase } from './reasons';

export interface ResponseParts {
  /** Tag for a To that has none. Default: a random one. */
  toTag?: string | undefined;
  /** Further header fields. Those that the request determines (Via, From, To, Call-ID, CSeq, Record-Route) are skipped. */
  headers?: Iterable<readonly [string, string]> | undefined;
  body?: Buffer | undefined;
}

const fixed = new Set(['via', 'from', 'to', 'call-id', 'cseq', 'record-route', 'content-length']);
const dialogCreating = new Set(['INVITE', 'SUBSCRIBE', 'REFER']);

/**
 * Builds the response to a request by RFC 3261 section 8.2.6: all Via values, From, To with a tag above status 100, Call-ID and CSeq; on
 * 101 to 299 of a dialog-creating method also Record-Route (section 12.1.1). Header fields that a malformed request lacks stay out.
 */
export function responseTo(
  request: SipRequest,
  status: number,
  reason: string = reasonPhrase(status),
  parts: ResponseParts = {}
): SipResponse {
  const headers = new SipHeaders();
  const copy = (name: string): void => request.headers.all(name).forEach((value) => headers.append(name, value));
  request.headers.values('Via').forEach((via) => headers.append('Via', via));
  if (status > 100 && status < 300 && dialogCreating.has(request.method)) copy('Record-Route');
  copy('From');
  const to = request.headers.get('To');
  if (to !== undefined) headers.append('To', status > 100 ? tagged(to, parts.toTag) : to);
  copy('Call-ID');
  copy('CSeq');
  if (status === 100) copy('Timestamp');
  for (const [name, value] of parts.headers ?? []) if (!fixed.has(headerKey(name))) headers.append(name, value);
  return { kind: 'response', status, reason, headers, body: parts.body ?? Buffer.alloc(0) };
}

/** A client takes no status line without a reason phrase. */
export function withReason(message: SipMessage): SipMessage {
  if (message.kind === 'request' || message.reason.trim() !== '') return message;
  return { ...message, reason: reasonPhrase(message.status) };
}

function tagged(to: string, toTag: string | undefined): string {
  return tagOf(to) === undefined ? withTag(to, toTag ?? newTag()) : to;
}
