import { isIP } from 'node:net';
import type { TargetPattern } from '../contracts/target-patterns';
import type { TrunkEntry } from './schema';
import { singleAddress } from './sources';

/** What the defaults of a trunk come from. */
export const DEFAULTED_FROM = ['host', 'backupHosts', 'outboundProxy', 'sources'] as const;

type Origin = Pick<TrunkEntry, (typeof DEFAULTED_FROM)[number] | 'allowTargets'>;

/** A trunk with what stands when it lists no sources or no allowed targets. */
export function withTrunkDefaults<Trunk extends Origin>(
  trunk: Trunk
): Trunk & { sources: string[]; allowTargets: TargetPattern[] } {
  const sources = trunk.sources ?? defaultSources(trunk);
  return { ...trunk, sources, allowTargets: trunk.allowTargets ?? defaultAllowTargets(trunk) };
}

/** A trunk sends from where it is called, unless it says otherwise; a name may stand for many addresses, so it is no default. */
function defaultSources({ host = '', backupHosts, outboundProxy = '' }: Origin): string[] {
  const addresses = [host, ...backupHosts, outboundProxy].map((each) => withoutPort(each).replace(/^\[|\]$/g, ''));
  return [...new Set(addresses.filter((address) => isIP(address) > 0))];
}

/** Its host and those of the sources that it lists that are one address. A range names no host and so allows none. */
function defaultAllowTargets({ host, sources = [] }: Origin): TargetPattern[] {
  const addresses = sources.map(singleAddress).filter((address) => address !== undefined);
  const hosts = [...(host === undefined ? [] : [withoutPort(host)]), ...addresses.map(asUriHost)];
  return [...new Set(hosts)].map((name) => `@${name}`);
}

function withoutPort(hostAndPort: string): string {
  return hostAndPort.replace(/:\d+$/, '');
}

/** IPv6 addresses stand in brackets in a URI (RFC 3261 section 25.1, `IPv6reference`). */
function asUriHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
