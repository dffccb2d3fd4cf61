import { networkInterfaces } from 'node:os';
import { isIPv6 } from 'node:net';
import { bracketed } from '../message/host-port';
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
  external?: { host: string; port?: number | undefined } | undefined;
}

/** An address that could not be bound; the message names it. */
export class ListenError extends Error {
  override readonly name = 'ListenError';

  constructor({ protocol, address, port }: ListenSpec, cause: NodeJS.ErrnoException) {
    const reason = cause.code === 'EADDRINUSE' ? 'the port is already in use' : cause.message;
    super(`cannot listen on ${protocol} ${bracketed(address)}:${port}: ${reason}`, { cause });
  }
}

/** The listener that a spec becomes once its socket is bound to `port`. */
export function toListener(spec: ListenSpec, port: number): Listener {
  const host = bracketed(spec.external?.host ?? visibleAddress(spec.address));
  return {
    protocol: spec.protocol,
    address: spec.address,
    port,
    advertised: { host, port: spec.external?.port ?? port },
  };
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
