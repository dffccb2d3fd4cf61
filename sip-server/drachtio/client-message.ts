import { findHeaderEnd, splitField, unfoldLines } from '../message/header-block';
import { SipHeaders } from '../message/headers';
import type { SipMessage } from '../message/message';

const sdpStart = 'v=0';

/**
 * Reads the SIP text of a client's frame. The body is everything behind the blank line, since clients count characters in Content-Length;
 * lines that are no header are skipped.
 * @returns undefined when the first line is neither a request nor a response
 */
export function parseClientMessage(text: Buffer): SipMessage | undefined {
  const end = findHeaderEnd(text) ?? { head: text.length, body: text.length };
  const [startLine = '', ...lines] = unfoldLines(text.toString('utf8', 0, end.head));
  const headers = new SipHeaders();
  for (const line of lines) {
    const field = splitField(line);
    if (field !== undefined) headers.append(...field);
  }
  const body = Buffer.from(text.subarray(end.body));
  return toMessage(startLine, headers, withContentType(headers, body));
}

/** True for a body of which nobody can tell what it is. */
export function isBodyUntyped({ headers, body }: SipMessage): boolean {
  return body.length > 0 && !headers.has('Content-Type');
}

function toMessage(startLine: string, headers: SipHeaders, body: Buffer): SipMessage | undefined {
  const response = /^SIP\/2\.0\s+([1-6]\d\d)\s*(.*)$/.exec(startLine);
  if (response !== null) {
    return { kind: 'response', status: Number(response[1]), reason: response[2]?.trim() ?? '', headers, body };
  }
  const request = /^([A-Za-z0-9\-.!%*_+`'~]+)\s+(\S+)\s+SIP\/2\.0\s*$/.exec(startLine);
  if (request === null) return undefined;
  return { kind: 'request', method: request[1]?.toUpperCase() ?? '', uri: request[2] ?? '', headers, body };
}

function withContentType(headers: SipHeaders, body: Buffer): Buffer {
  const isSdp = body.toString('latin1', 0, sdpStart.length) === sdpStart;
  if (isSdp && !headers.has('Content-Type')) headers.append('Content-Type', 'application/sdp');
  return body;
}
