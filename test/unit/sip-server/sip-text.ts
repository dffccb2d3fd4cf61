import { parseMessage } from '../../../sip-server/message/parse';
import type { SipMessage, SipRequest, SipResponse } from '../../../sip-server/message/message';

/** Joins lines by CRLF with the blank line behind them. */
export function sipText(lines: readonly string[], body = ''): Buffer {
  return Buffer.from([...lines, '', body].join('\r\n'));
}

/** The lines of a request that lacks nothing. */
export function requestLines(method: string, extra: readonly string[] = [], branch = 'z9hG4bKabc'): string[] {
  return [
    `${method} sip:bob@127.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:5099;branch=${branch}`,
    'Max-Forwards: 70',
    'From: "Alice" <sip:alice@127.0.0.1>;tag=a1',
    'To: <sip:bob@127.0.0.1>',
    'Call-ID: call-1@127.0.0.1',
    `CSeq: 1 ${method}`,
    ...extra,
  ];
}

export function parseRequest(bytes: Buffer): SipRequest {
  return demandKind(parseMessage(bytes, 'datagram'), 'request');
}

export function parseResponse(bytes: Buffer): SipResponse {
  return demandKind(parseMessage(bytes, 'datagram'), 'response');
}

function demandKind<K extends SipMessage['kind']>(message: SipMessage, kind: K): Extract<SipMessage, { kind: K }> {
  if (message.kind !== kind) throw new Error(`not a ${kind}`);
  return message as Extract<SipMessage, { kind: K }>;
}
