import { isIP } from 'node:net';
import type { TargetPattern } from '../contracts/target-patterns';
import type { TrunkEntry } from './schema';
import { singleAddress } from './sources';

/** A trunk with what stands when it lists no sources or no allowed targets. */
export function withTrunkDefaults<Trunk extends Pick<TrunkEntry, 'host' | 'sources' | 'allowTargets'>>(
  trunk: Trunk
): Trunk & { sources: string[]; allowTargets: TargetPattern[] } {
  const sources = trunk.sources ?? defaultSources(trunk);
  return { ...trunk, sources, allowTargets: trunk.allowTargets ?? defaultAllowTargets(trunk, sources) };
}

/** A trunk sends from its host, unless it says otherwise; a name may stand for many addresses, so it is no default. */
function defaultSources({ host = '' }: Pick<TrunkEntry, 'host'>): string[] {
  const address = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return isIP(address) === 0 ? [] : [address];
}

/** Its host and those of its sources that are one address. A range names no host and so allows none. */
function defaultAllowTargets({ host }: Pick<TrunkEntry, 'host'>, sources: readonly string[]): TargetPattern[] {
  const addresses = sources.map(singleAddress).filter((address) => address !== undefined);
  const hosts = [...(host === undefined ? [] : [host.replace(/:\d+$/, '')]), ...addresses.map(asUriHost)];
  return [...new Set(hosts)].map((name) => `@${name}`);
}

/** IPv6 addresses stand in brackets in a URI (RFC 3261 section 25.1, `IPv6reference`). */
function asUriHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
