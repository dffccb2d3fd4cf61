import type { SipMessage } from '../message/message';

/** The SDP of a message; undefined when it has none or has other parts beside it. */
export function sdpOf({ headers, body }: SipMessage): Buffer | undefined {
  const [type = ''] = (headers.get('Content-Type') ?? '').split(';');
  return body.length > 0 && type.trim().toLowerCase() === 'application/sdp' ? body : undefined;
}

/** True when two descriptions differ in their origin at most. */
export function isSameSession(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return withoutOrigin(a) === withoutOrigin(b);
}

function withoutOrigin(sdp: Buffer | undefined): string {
  return (sdp ?? '')
    .toString('latin1')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('o='))
    .join('\n')
    .trimEnd();
}
