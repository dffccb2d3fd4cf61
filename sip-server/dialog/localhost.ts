import type { SipHeaders } from '../message/headers';
import { formatNameAddr, parseNameAddr } from '../message/name-addr';
import { formatUri, parseUri } from '../message/uri';
import type { Listener } from '../transport/types';

/** Headers of a request that opens something new. */
export const initialHeaders = ['From', 'To', 'Contact', 'P-Asserted-Identity'] as const;

/** Headers of a response or of a request in a dialog, whose From and To are those of the first request. */
export const laterHeaders = ['Contact', 'P-Asserted-Identity'] as const;

/**
 * Replaces the host `localhost` in these headers by the advertised host and port of the listener that the message leaves from. A Contact
 * also gets that listener's transport.
 */
export function substituteLocalhost(headers: SipHeaders, names: readonly string[], listener: Listener): void {
  for (const name of names) {
    const values = headers.values(name);
    if (!values.some((value) => value.toLowerCase().includes('localhost'))) continue;
    headers.setAll(
      name,
      values.map((value) => substitute(value, name === 'Contact', listener))
    );
  }
}

function substitute(value: string, isContact: boolean, { advertised, protocol }: Listener): string {
  const address = parseNameAddr(value);
  const uri = parseUri(address.uri);
  if (uri.host.toLowerCase() !== 'localhost') return value;
  const params = new Map(uri.params);
  if (isContact && protocol !== 'udp') params.set('transport', protocol);
  return formatNameAddr({ ...address, uri: formatUri({ ...uri, ...advertised, params }) });
}
