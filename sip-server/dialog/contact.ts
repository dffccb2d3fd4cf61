import { isIPv4 } from 'node:net';
import { formatHostPort } from '../message/host-port';
import { formatNameAddr, parseNameAddr } from '../message/name-addr';
import { formatUri, parseUri } from '../message/uri';
import type { Listener } from '../transport/types';

/** The Contact that leads to a listener. */
export function defaultContact(listener: Listener): string {
  const transport = listener.protocol === 'udp' ? '' : `;transport=${listener.protocol}`;
  return `<sip:${formatHostPort(listener.advertised)}${transport}>`;
}

/**
 * Makes a Contact with an IPv4 address lead to the listener that its message leaves from: a peer could not reach another one. Host names
 * and addresses of the listener stay as they are.
 */
export function reachableContact(value: string, listener: Listener): string {
  const contact = parseNameAddr(value);
  const uri = parseUri(contact.uri);
  if (!isIPv4(uri.host)) return value;
  const { advertised } = listener;
  const isOurs = uri.host === listener.address || uri.host === advertised.host;
  if (isOurs && [listener.port, advertised.port].includes(uri.port ?? 5060)) return value;
  const params = new Map(uri.params);
  if (listener.protocol === 'udp') params.delete('transport');
  else params.set('transport', listener.protocol);
  return formatNameAddr({ ...contact, uri: formatUri({ ...uri, ...advertised, params }) });
}
