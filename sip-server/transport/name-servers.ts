import type { SrvRecord } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import { NameCache } from './name-cache';
import type { Found } from './name-cache';

/** How long a look-up holds that failed. */
const failureMs = 5000;

export interface NameServersSettings {
  /** `host[:port]` of DNS servers. Default: those of the system. */
  dnsServers?: readonly string[] | undefined;
  /** How long a look-up holds at most, in milliseconds; an address from `dnsServers` no longer than its TTL. */
  cacheMs: number;
}

/** Looks names up: SRV records by DNS, addresses by the system's resolver, which knows /etc/hosts, after `dnsServers` when there are any. */
export class NameServers {
  private readonly resolver = new Resolver({ timeout: 1000, tries: 2 });
  private readonly services = new NameCache<SrvRecord[]>();
  private readonly hosts = new NameCache<string[]>();

  constructor(private readonly settings: NameServersSettings) {
    if (settings.dnsServers !== undefined) this.resolver.setServers(settings.dnsServers);
  }

  /** The SRV records of a name; none when there are none or nobody tells. */
  srv(name: string): Promise<SrvRecord[]> {
    return this.services.get(name, () => this.lookUp(() => this.resolver.resolveSrv(name)));
  }

  /** The IP addresses of a host, IPv4 first; none when it has none or nobody tells. */
  addresses(host: string): Promise<string[]> {
    return this.hosts.get(host, async () => {
      const told = await this.byServers(host);
      return told.value.length > 0 ? told : this.lookUp(() => bySystem(host));
    });
  }

  close(): void {
    this.resolver.cancel();
  }

  private async byServers(host: string): Promise<Found<string[]>> {
    const { dnsServers, cacheMs } = this.settings;
    if (dnsServers === undefined) return { value: [], forMs: 0 };
    const answers = await Promise.allSettled([
      this.resolver.resolve4(host, { ttl: true }),
      this.resolver.resolve6(host, { ttl: true }),
    ]);
    const records = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const forMs = Math.min(cacheMs, ...records.map(({ ttl }) => ttl * 1000));
    return { value: records.map(({ address }) => address), forMs };
  }

  private async lookUp<T>(query: () => Promise<T[]>): Promise<Found<T[]>> {
    const value = await query().catch((): T[] => []);
    const { cacheMs } = this.settings;
    return { value, forMs: value.length > 0 ? cacheMs : Math.min(cacheMs, failureMs) };
  }
}

async function bySystem(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true });
  return found.sort((a, b) => a.family - b.family).map(({ address }) => address);
}
