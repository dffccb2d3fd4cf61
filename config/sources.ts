import { BlockList, isIP } from 'node:net';

const PREFIX_BITS = { ipv4: 32, ipv6: 128 };

interface Source {
  address: string;
  family: 'ipv4' | 'ipv6';
  prefix: number;
}

/** @returns the parts of an IP address or CIDR range (RFC 4632); undefined for any other text */
export function parseSource(text: string): Source | undefined {
  const [address = '', prefixText, ...rest] = text.split('/');
  const family = familyOf(address);
  if (!family || rest.length > 0) return undefined;
  if (prefixText === undefined) return { address, family, prefix: PREFIX_BITS[family] };
  const prefix = Number(prefixText);
  return /^\d{1,3}$/.test(prefixText) && prefix <= PREFIX_BITS[family] ? { address, family, prefix } : undefined;
}

/** @returns the address of a source that is one host, undefined for a wider range */
export function singleAddress(text: string): string | undefined {
  const source = parseSource(text);
  return source && source.prefix === PREFIX_BITS[source.family] ? source.address : undefined;
}

/** @param sources IP addresses and CIDR ranges */
export function isWithin(address: string, sources: readonly string[]): boolean {
  const family = familyOf(address);
  return family !== undefined && listOf(sources).check(address, family);
}

/** Two ranges overlap exactly when one holds the other's first address. */
export function sourcesOverlap(these: readonly string[], those: readonly string[]): boolean {
  const touches = (inner: readonly string[], outer: readonly string[]): boolean =>
    inner.some((text) => isWithin(parseSource(text)?.address ?? '', outer));
  return touches(these, those) || touches(those, these);
}

function familyOf(address: string): Source['family'] | undefined {
  return ({ 4: 'ipv4', 6: 'ipv6' } as const)[isIP(address)];
}

function listOf(sources: readonly string[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix, family } of sources.map(parseSource).filter((source) => source !== undefined))
    list.addSubnet(address, prefix, family);
  return list;
}
