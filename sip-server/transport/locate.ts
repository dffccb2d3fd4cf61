import { isIP } from 'node:net';
import { now } from '../clock';
import { unbracketed } from '../message/host-port';
import { parseNameAddr } from '../message/name-addr';
import { parseUri } from '../message/uri';
import type { Uri } from '../message/uri';
import type { NameServers } from './name-servers';
import { defaultPort, protocolOf, protocols } from './protocol';
import type { Protocol } from './protocol';
import { inSrvOrder } from './srv-order';
import type { Target } from './types';

/** How long a target that failed is tried after all others. */
const avoidMs = 30_000;
const maxAvoided = 1000;

const services: Readonly<Record<Protocol, string>> = { udp: '_sip._udp', tcp: '_sip._tcp', tls: '_sips._tcp' };

/** A URI that leads to no address that can be sent to. */
export class Unresolvable extends Error {
  override readonly name = 'Unresolvable';
}

/** Finds the targets of URIs by RFC 3263 section 4, without NAPTR. */
export class Locator {
  /** Until when targets that failed come last, in milliseconds since the epoch. */
  private readonly avoided = new Map<string, number>();

  /** @param canReach tells whether a listener could send there */
  constructor(
    private readonly names: NameServers,
    private readonly canReach: (target: Target) => boolean
  ) {}

  /**
   * The targets of a URI in the order to try them: SRV records where it has a domain name and no port, else the addresses of its host.
   * Those that no listener reaches are left out, unless there is no other. `maddr` is ignored.
   * @param text a SIP URI, a name-addr such as a Route value, or `host[:port]`
   * @throws Unresolvable
   */
  async locate(text: string): Promise<[Target, ...Target[]]> {
    const bare = text.includes('<') ? parseNameAddr(text).uri : text.trim();
    const uri = parseUri(hasScheme(bare) ? bare : `sip:${bare}`);
    if (uri.scheme !== 'sip' && uri.scheme !== 'sips') throw new Unresolvable(`a ${uri.scheme} URI names no host`);
    if (uri.host === '') throw new Unresolvable(`no host in "${bare}"`);
    const protocol = protocolOf(uri);
    if (protocol === undefined) throw new Unresolvable(`transport ${uri.params.get('transport')} is not supported`);
    const all = await this.targetsOf(uri, protocol);
    const reachable = all.filter(this.canReach);
    const [first, ...others] = this.avoidedLast(reachable.length > 0 ? reachable : all);
    if (first === undefined) throw new Unresolvable(`cannot resolve ${uri.host}`);
    return [first, ...others];
  }

  /** A target did not answer, could not be reached, or had no capacity. */
  noteFailure(target: Target): void {
    const key = keyOf(target);
    this.avoided.delete(key);
    this.avoided.set(key, now() + avoidMs);
    const [oldest] = this.avoided.keys();
    if (this.avoided.size > maxAvoided && oldest !== undefined) this.avoided.delete(oldest);
  }

  private async targetsOf(uri: Uri, protocol: Protocol): Promise<Target[]> {
    const domain = unbracketed(uri.host);
    const port = uri.port ?? defaultPort(protocol);
    if (isIP(domain) !== 0) return [{ protocol, address: domain, port, domain }];
    const byService = uri.port === undefined ? await this.byService(uri, protocol, domain) : undefined;
    return byService ?? this.byHost(domain, { protocol, port, domain });
  }

  /** By the first protocol that the domain has SRV records for. A name without a dot, as in /etc/hosts, is no domain. */
  private async byService(uri: Uri, protocol: Protocol, domain: string): Promise<Target[] | undefined> {
    if (!domain.includes('.')) return undefined;
    const isOpen = uri.scheme === 'sip' && !uri.params.has('transport');
    const candidates = isOpen ? protocols : [protocol];
    const answers = await Promise.all(candidates.map((one) => this.names.srv(`${services[one]}.${domain}`)));
    const index = answers.findIndex((records) => records.length > 0);
    const [chosen, records] = [candidates[index], answers[index]];
    if (chosen === undefined || records === undefined) return undefined;
    const targets = inSrvOrder(records)
      // RFC 2782: a target "." says that there is no such service.
      .filter(({ name }) => name !== '' && name !== '.')
      .map(({ name, port }) => this.byHost(name, { protocol: chosen, port, domain }));
    return (await Promise.all(targets)).flat();
  }

  private async byHost(host: string, target: Omit<Target, 'address'>): Promise<Target[]> {
    const addresses = isIP(host) === 0 ? await this.names.addresses(host) : [host];
    return addresses.map((address) => ({ ...target, address }));
  }

  private avoidedLast(targets: Target[]): Target[] {
    const isAvoided = (target: Target): boolean => (this.avoided.get(keyOf(target)) ?? 0) > now();
    return targets.sort((a, b) => Number(isAvoided(a)) - Number(isAvoided(b)));
  }
}

/** A colon with a port behind it belongs to a host, unless the word in front is a scheme whose URI may be digits alone. */
function hasScheme(text: string): boolean {
  return /^(sips?:|tel:|[A-Za-z][A-Za-z0-9+.-]*:(?!\d{1,5}(;|$)))/i.test(text);
}

function keyOf({ protocol, address, port }: Target): string {
  return `${protocol} ${address} ${port}`;
}
