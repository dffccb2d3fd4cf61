import { isIPv6 } from 'node:net';

/** @returns `host:port` as it stands in a URI: an IPv6 address in brackets (RFC 3986 section 3.2.2) */
export function hostAndPort(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
