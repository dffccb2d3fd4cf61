import { BlockList, isIPv6 } from 'node:net';
import type { Rate } from './token-buckets';
import { TokenBuckets } from './token-buckets';

/** What becomes of a request: `refuse` says so to its sender, `drop` says nothing. */
export type Verdict = 'take' | 'refuse' | 'drop';

export interface SourceLimitSettings extends Rate {
  /** IP addresses and networks such as `10.0.0.0/8` that may send as much as they like. */
  exempt: readonly string[];
}

/** Refusals that a source beyond its rate gets each second: enough for a peer to learn of it, too few to be worth a flood. */
export const refusals: Rate = { perSecond: 10, burst: 10 };

/** How much each source address may ask for outside of dialogs. */
export class SourceLimit {
  private readonly requests: TokenBuckets;
  private readonly refused = new TokenBuckets(refusals);
  private readonly exempt = new BlockList();

  constructor({ exempt, ...rate }: SourceLimitSettings) {
    this.requests = new TokenBuckets(rate);
    for (const source of exempt) exemptSource(this.exempt, source);
  }

  judge(address: string): Verdict {
    const source = networkOf(address);
    if (this.requests.take(source) || this.exempt.check(address, familyOf(address))) return 'take';
    return this.refused.take(source) ? 'refuse' : 'drop';
  }
}

/** True for an address, or for a network with the length of its prefix. */
export function isSource(text: string): boolean {
  try {
    exemptSource(new BlockList(), text);
    return true;
  } catch {
    return false;
  }
}

/** @throws Error when the text is neither an address nor a network */
function exemptSource(list: BlockList, text: string): void {
  const [address = '', prefix, rest] = text.split('/');
  if (prefix === undefined) list.addAddress(address, familyOf(address));
  else if (rest === undefined && /^\d{1,3}$/.test(prefix)) list.addSubnet(address, Number(prefix), familyOf(address));
  else throw new Error(`${text} is no network`);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

/** Whoever has one IPv6 address has the 64-bit network around it. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const missing = address.includes('::') ? 8 - groups.length - (tail === '' ? 0 : tail.split(':').length) : 0;
  return [...groups, ...Array<string>(Math.max(missing, 0)).fill('0'), ...tail.split(':')].slice(0, 4).join(':');
}
