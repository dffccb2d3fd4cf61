import { BlockList, isIP, isIPv6 } from 'node:net';

/** An IP network, `10.0.0.0/8` or `2001:db8::/32`; an address alone stands for itself. */
export type Network = string;

/** A set of IP networks. */
export class Networks {
  private readonly list = new BlockList();

  /** @throws RangeError naming the first that is none */
  constructor(networks: readonly Network[]) {
    for (const network of networks) {
      const [address = '', prefix = isIPv6(address) ? '128' : '32'] = network.split('/');
      const isPrefix = /^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIPv6(address) ? 128 : 32);
      if (isIP(address) === 0 || !isPrefix) throw new RangeError(`"${network}" is not <address>/<prefix length>`);
      this.list.addSubnet(address, Number(prefix), familyOf(address));
    }
  }

  includes(address: string): boolean {
    return isIP(address) !== 0 && this.list.check(address, familyOf(address));
  }
}

/** RFC 1918, and the unique local addresses of RFC 4193. */
const privateNetworks = new Networks(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']);

export function isPrivate(address: string): boolean {
  return privateNetworks.includes(address);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
