import type { Answer, HeldInvite } from './port';

/**
 * A response to an INVITE that another process may hold. The SIP server rebuilds it from the request it has: only status, headers, body and
 * our tag are taken from here.
 */
export function responseText(
  { sipCallId, remoteTag }: HeldInvite,
  { status, reason = 'Progress', headers = {}, body = '', toTag }: Answer
): string {
  return [
    `SIP/2.0 ${status} ${reason}`,
    `Call-ID: ${sipCallId}`,
    'CSeq: 1 INVITE',
    `From: <sip:caller@localhost>;tag=${remoteTag}`,
    `To: <sip:callee@localhost>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
