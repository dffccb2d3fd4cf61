import { isIP } from 'node:net';
import { unbracketed } from '../message/host-port';
import type { SipRequest } from '../message/message';
import { formatNameAddr, parseNameAddr } from '../message/name-addr';
import { formatUri, parseUri } from '../message/uri';
import type { Uri } from '../message/uri';
import { defaultPort, protocolOf } from '../transport/protocol';
import type { Listener } from '../transport/types';

/** The Contact that leads to a listener; with `isSecure` a `sips` URI, which means TLS all the way (RFC 5630 section 3.1). */
export function defaultContact(listener: Listener, isSecure = false): string {
  const uri: Uri = { scheme: 'sip', host: '', params: new Map(), headers: [] };
  return `<${formatUri(leadingTo(listener, uri, isSecure))}>`;
}

/**
 * Makes a Contact with an IP address lead to the listener that its message leaves from: a peer could not reach another one. Host names
 * and addresses of the listener stay as they are.
 */
export function reachableContact(value: string, listener: Listener, isSecure = false): string {
  const contact = parseNameAddr(value);
  const uri = parseUri(contact.uri);
  if (uri.scheme !== 'sip' && uri.scheme !== 'sips') return value;
  const isFitting = isIP(unbracketed(uri.host)) === 0 || isOf(listener, uri);
  if (isFitting && (!isSecure || uri.scheme === 'sips')) return value;
  const leading = isFitting ? { ...uri, scheme: 'sips' } : leadingTo(listener, uri, isSecure);
  return formatNameAddr({ ...contact, uri: formatUri(leading) });
}

/** True for a request whose Contact, or that of its response, must be a `sips` URI (RFC 3261 sections 8.1.1.8 and 12.1.1). */
export function needsSips({ uri, headers }: SipRequest): boolean {
  const [nearest] = headers.has('Record-Route') ? headers.values('Record-Route') : headers.values('Contact');
  return [uri, parseNameAddr(nearest ?? '').uri].some((one) => /^sips:/i.test(one));
}

function isOf({ address, port, advertised }: Listener, uri: Uri): boolean {
  const isHost = unbracketed(uri.host) === address || uri.host === advertised.host;
  return isHost && [port, advertised.port].includes(uri.port ?? defaultPort(protocolOf(uri) ?? 'udp'));
}

function leadingTo({ protocol, advertised }: Listener, uri: Uri, isSecure: boolean): Uri {
  const params = new Map(uri.params);
  if (protocol === 'udp' || isSecure) params.delete('transport');
  else params.set('transport', protocol);
  return { ...uri, ...advertised, scheme: isSecure ? 'sips' : uri.scheme, params };
}
