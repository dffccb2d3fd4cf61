import type { SipHeaders } from '../message/headers';
import { parseNameAddr } from '../message/name-addr';
import { formatUri, parseUri } from '../message/uri';

/** The Record-Route values in the order they stand, each a Route value (RFC 3261 section 12.1.1); a UAC reverses them. */
export function recordRoutes(headers: SipHeaders): string[] {
  return headers.values('Record-Route');
}

/** The URI of the first Contact (or another address header); undefined when there is none. */
export function remoteTargetOf(headers: SipHeaders, name: 'Contact' | 'From' = 'Contact'): string | undefined {
  const [first] = headers.values(name);
  if (first === undefined || first === '*') return undefined;
  const { uri } = parseNameAddr(first);
  return uri === '' ? undefined : asRequestUri(uri);
}

/** True for a loose router (RFC 3261 section 19.1.1, `lr`). */
export function isLoose(route: string): boolean {
  return parseUri(parseNameAddr(route).uri).params.has('lr');
}

/** Removes what a Request-URI may not carry: `method`, `ttl` and URI headers (RFC 3261 section 19.1.1, table 1). */
export function asRequestUri(text: string): string {
  const uri = parseUri(text);
  if (uri.opaque !== undefined) return text;
  uri.params.delete('method');
  uri.params.delete('ttl');
  uri.headers = [];
  return formatUri(uri);
}
