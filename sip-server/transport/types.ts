import type { SipMessage } from '../message/message';
import type { Networks } from './networks';
import type { Protocol } from './protocol';

/** An address to send to: what RFC 3263 leaves after resolving a URI. */
export interface Target {
  protocol: Protocol;
  /** IP address, IPv6 without brackets. */
  address: string;
  port: number;
  /** TLS: the host of the URI that led here, which the peer's certificate must name. Default: the address. */
  domain?: string | undefined;
}

/** A bound socket that receives; `advertised` is what Via and Contact show. */
export interface Listener {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly advertised: { readonly host: string; readonly port: number };
  /** The same socket as peers in these networks see it: by its own address. */
  readonly local?: { readonly networks: Networks; readonly listener: Listener };
  /** True for what `local` holds. */
  readonly isForLocals?: boolean;
}

/**
 * Where a message came from and the way back: a UDP source on one listener, or one open connection.
 * Sending on the flow of a closed connection fails; the caller then resolves a `Target` and connects anew.
 */
export interface Flow {
  readonly protocol: Protocol;
  readonly listener: Listener;
  readonly remote: { readonly address: string; readonly port: number };
  readonly isOpen: boolean;
  /** TLS: what the peer's certificate was checked for; undefined on a connection that the peer opened. */
  readonly domain?: string | undefined;
  /** Puts bytes on the wire, or on the connection that is being opened. `onFailed` never runs before `write` returns. */
  write(bytes: Buffer, onFailed: (reason: string) => void): void;
}

/** What the transport hands up: a parsed message, its size in bytes and its flow. */
export interface Received {
  message: SipMessage;
  bytes: number;
  flow: Flow;
  /** Microsecond UTC time of day of arrival, `HH:MM:SS.uuuuuu`. */
  time: string;
}

/** Where a message that goes back over a flow would go. */
export function targetOf({ protocol, remote, domain }: Flow): Target {
  return { protocol, address: remote.address, port: remote.port, domain };
}
