import type { SipMessage } from './message';

/** The message as bytes: CRLF line ends, header text in UTF-8, Content-Length computed from the body. */
export function serialize(message: SipMessage): Buffer {
  const lines = [startLine(message)];
  for (const [name, value] of message.headers.entries()) if (name !== 'Content-Length') lines.push(`${name}: ${value}`);
  lines.push(`Content-Length: ${message.body.length}`, '', '');
  return Buffer.concat([Buffer.from(lines.join('\r\n')), message.body]);
}

/** The first line; white space that would break it is taken out. */
export function startLine(message: SipMessage): string {
  if (message.kind === 'response') return `SIP/2.0 ${message.status} ${message.reason.replace(/[\r\n\0]+/g, ' ')}`;
  return `${message.method.replace(/\s+/g, '')} ${message.uri.replace(/[\s\0]+/g, '')} SIP/2.0`;
}
