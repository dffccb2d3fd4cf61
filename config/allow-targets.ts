import type { TargetPattern } from '../contracts/target-patterns';
import type { TrunkEntry } from './schema';
import { singleAddress } from './sources';

/** What stands when a trunk lists none: its host and those of its sources that are one address. A range names no host and so allows none. */
export function defaultAllowTargets({
  host,
  sources,
}: Pick<TrunkEntry, 'host'> & { sources: string[] }): TargetPattern[] {
  const addresses = sources.map(singleAddress).filter((address) => address !== undefined);
  const hosts = [...(host === undefined ? [] : [host.replace(/:\d+$/, '')]), ...addresses.map(asUriHost)];
  return [...new Set(hosts)].map((name) => `@${name}`);
}

/** IPv6 addresses stand in brackets in a URI (RFC 3261 section 25.1, `IPv6reference`). */
function asUriHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
