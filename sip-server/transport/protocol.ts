import type { Uri } from '../message/uri';

export const protocols = ['udp', 'tcp', 'tls'] as const;

export type Protocol = (typeof protocols)[number];

/** True for what runs over connections, where nothing is sent twice and messages are framed by their length. */
export function isStream(protocol: Protocol): boolean {
  return protocol !== 'udp';
}

/** RFC 3261 section 19.1.2. */
export function defaultPort(protocol: Protocol): number {
  return protocol === 'tls' ? 5061 : 5060;
}

/**
 * The protocol that a URI asks for by its scheme and `transport`; TLS for `sips` (RFC 5630 section 3.1.3), else UDP unless it says so.
 * @returns undefined for one that no listener could ever serve
 */
export function protocolOf(uri: Uri): Protocol | undefined {
  const transport = uri.params.get('transport')?.toLowerCase();
  if (uri.scheme === 'sips') return ['tcp', 'tls'].includes(transport ?? 'tls') ? 'tls' : undefined;
  if (uri.scheme !== 'sip') return undefined;
  return protocols.find((protocol) => protocol === (transport ?? 'udp'));
}
