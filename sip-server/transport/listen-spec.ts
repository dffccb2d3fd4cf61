import { networkInterfaces } from 'node:os';
import { isIP, isIPv6 } from 'node:net';
import { bracketed } from '../message/host-port';
import { Networks } from './networks';
import type { Network } from './networks';
import type { Protocol } from './protocol';
import type { Listener } from './types';

/** An address to bind. */
export interface ListenSpec {
  protocol: Protocol;
  /** IP address, IPv6 without brackets; `0.0.0.0` or `::` for all. */
  address: string;
  /** 0 for any free port. */
  port: number;
  /** What peers shall see instead, such as the public side of a NAT. `port` defaults to the bound one. */
  external?: External | undefined;
  /** Networks whose peers see the bound address all the same. */
  localNetworks?: readonly Network[] | undefined;
}

interface External {
  host: string;
  port?: number | undefined;
}

/** What holds for all addresses unless they have their own. */
export interface ListenDefaults {
  external?: External | undefined;
  localNetworks: readonly Network[];
}

/** An address that could not be bound; the message names it. */
export class ListenError extends Error {
  override readonly name = 'ListenError';

  constructor({ protocol, address, port }: ListenSpec, cause: NodeJS.ErrnoException) {
    const reason = cause.code === 'EADDRINUSE' ? 'the port is already in use' : cause.message;
    super(`cannot listen on ${protocol} ${bracketed(address)}:${port}: ${reason}`, { cause });
  }
}

/** An external IP address is none for listeners of the other IP family. */
export function withDefaults(spec: ListenSpec, { external, localNetworks }: ListenDefaults): ListenSpec {
  const family = isIP(external?.host ?? '');
  const fitting = family === 0 || family === isIP(spec.address) ? external : undefined;
  return { ...spec, external: spec.external ?? fitting, localNetworks: spec.localNetworks ?? localNetworks };
}

/** The listener that a spec becomes once its socket is bound to `port`. */
export function toListener(spec: ListenSpec, port: number): Listener {
  const { protocol, address, external, localNetworks = [] } = spec;
  const inside = { host: bracketed(visibleAddress(address)), port };
  const plain = { protocol, address, port, advertised: inside };
  if (external === undefined) return plain;
  const advertised = { host: bracketed(external.host), port: external.port ?? port };
  const local = { networks: new Networks(localNetworks), listener: { ...plain, isForLocals: true } };
  return { ...plain, advertised, local };
}

/** The listener as a peer at that address shall see it. */
export function seenFrom(listener: Listener, address: string): Listener {
  return listener.local?.networks.includes(address) === true ? listener.local.listener : listener;
}

export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** For a wildcard the first address that is no loopback, since peers cannot reach `0.0.0.0`. */
function visibleAddress(address: string): string {
  if (!isWildcard(address)) return address;
  const family = isIPv6(address) ? 'IPv6' : 'IPv4';
  const candidates = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? []);
  const visible = candidates.find((candidate) => candidate.family === family && !candidate.internal);
  return visible?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1');
}
