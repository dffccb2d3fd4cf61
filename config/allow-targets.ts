import type { TrunkEntry } from './schema';
import { singleAddress } from './sources';

/**
 * The pattern that stands when a trunk lists none: any user at the trunk's host or at one of its sources, any port. A source that is a
 * range names no host and so allows none.
 */
export function defaultAllowTargets({ host, sources }: Pick<TrunkEntry, 'host' | 'sources'>): string[] {
  const addresses = sources.map(singleAddress).filter((address) => address !== undefined);
  const hosts = [...(host === undefined ? [] : [host.replace(/:\d+$/, '')]), ...addresses.map(asUriHost)];
  if (hosts.length === 0) return [];
  return [`^sips?:[^@]+@(?:${[...new Set(hosts)].map(escaped).join('|')})(?::\\d+)?(?:;.*)?$`];
}

/** IPv6 addresses stand in brackets in a URI (RFC 3261 section 25.1, `IPv6reference`). */
function asUriHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function escaped(text: string): string {
  return text.replace(/[.[\]\-\\^$*+?()|{}]/g, '\\$&');
}
