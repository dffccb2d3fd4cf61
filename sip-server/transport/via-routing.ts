import { unbracketed } from '../message/host-port';
import type { SipRequest, SipResponse } from '../message/message';
import { setTopVia, topVia } from '../message/via';
import { defaultPort } from './protocol';
import type { Flow, Target } from './types';

/** RFC 3261 section 18.2.1 and RFC 3581, also for peers that did not ask: responses go to the real source. */
export function stampSource(request: SipRequest, { remote }: Flow): void {
  const via = topVia(request.headers);
  if (via === undefined) return;
  // The scope of a link-local address is ours alone.
  via.params.set('received', remote.address.replace(/%.*$/, '')).set('rport', String(remote.port));
  setTopVia(request.headers, via);
}

/** Where a response goes when the connection that its request came by is gone (RFC 3261 section 18.2.2). */
export function viaTarget(response: SipResponse, { protocol }: Flow): Target | undefined {
  const via = topVia(response.headers);
  if (via === undefined) return undefined;
  const domain = unbracketed(via.host);
  return { protocol, address: unbracketed(via.received ?? domain), port: via.port ?? defaultPort(protocol), domain };
}
