import type { IncomingRequest } from '../../activities/sip/port';

/** @returns the digits of an INFO of type application/dtmf-relay or application/dtmf; undefined for any other */
export function dtmfDigits(request: Pick<IncomingRequest, 'header' | 'body'>): string | undefined {
  const type = request.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/dtmf-relay')
    return /^Signal\s*=\s*([0-9A-D*#])\s*$/im.exec(request.body)?.[1]?.toUpperCase();
  if (type === 'application/dtmf') return /^\s*([0-9A-D*#])\s*$/i.exec(request.body)?.[1]?.toUpperCase();
  return undefined;
}
