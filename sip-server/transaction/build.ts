import { formatCSeq, parseCSeq } from '../message/cseq';
import { headerKey } from '../message/header-names';
import { SipHeaders } from '../message/headers';
import { newBranch } from '../message/identifiers';
import type { SipRequest, SipResponse } from '../message/message';
import { formatVia } from '../message/via';
import type { Flow } from '../transport/types';

const maxForwards = '70';

/** The request as it goes out on a flow: with our top Via (a new branch, `rport` on UDP) and Max-Forwards. */
export function withVia(request: SipRequest, { protocol, listener }: Flow): SipRequest {
  const headers = request.headers.clone();
  const params = new Map<string, string | undefined>([['branch', newBranch()]]);
  if (protocol === 'udp') params.set('rport', undefined);
  headers.delete('Via');
  if (!headers.has('Max-Forwards')) headers.prepend('Max-Forwards', maxForwards);
  headers.prepend('Via', formatVia({ protocol: protocol.toUpperCase(), ...listener.advertised, params }));
  return { ...request, headers };
}

const ownedByCancel = new Set([
  'via',
  'max-forwards',
  'route',
  'from',
  'to',
  'call-id',
  'cseq',
  'contact',
  'content-length',
]);

/** The CANCEL of an INVITE as sent (RFC 3261 section 9.1). Of the extra headers those that the INVITE determines are skipped. */
export function cancelOf(invite: SipRequest, extraHeaders: Iterable<readonly [string, string]> = []): SipRequest {
  const headers = followUp(invite, 'CANCEL', invite.headers.get('To') ?? '');
  for (const [name, value] of extraHeaders) if (!ownedByCancel.has(headerKey(name))) headers.append(name, value);
  return { kind: 'request', method: 'CANCEL', uri: invite.uri, headers, body: Buffer.alloc(0) };
}

/** The ACK of a 3xx to 6xx (RFC 3261 section 17.1.1.3). */
export function ackOf(invite: SipRequest, response: SipResponse): SipRequest {
  const headers = followUp(invite, 'ACK', response.headers.get('To') ?? '');
  return { kind: 'request', method: 'ACK', uri: invite.uri, headers, body: Buffer.alloc(0) };
}

/** Both carry the INVITE's top Via with its branch, its Route, and its CSeq number. */
function followUp(invite: SipRequest, method: string, to: string): SipHeaders {
  const number = parseCSeq(invite.headers.get('CSeq') ?? '')?.number ?? 0;
  const headers = new SipHeaders();
  headers.append('Via', invite.headers.get('Via') ?? '');
  headers.append('Max-Forwards', maxForwards);
  for (const route of invite.headers.all('Route')) headers.append('Route', route);
  headers.append('From', invite.headers.get('From') ?? '');
  headers.append('To', to);
  headers.append('Call-ID', invite.headers.get('Call-ID') ?? '');
  headers.append('CSeq', formatCSeq({ number, method }));
  return headers;
}
