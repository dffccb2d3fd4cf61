import { formatHostPort, parseHostPort } from './host-port';
import type { SipHeaders } from './headers';
import { formatParams, parseParams } from './params';
import type { Params } from './params';

/** One Via value (RFC 3261 section 20.42). */
export interface Via {
  /** `UDP`, `TCP`, ... in upper case. */
  protocol: string;
  /** Host of sent-by, IPv6 in brackets. */
  host: string;
  /** Port of sent-by when given. */
  port?: number;
  branch?: string;
  received?: string;
  /** Undefined when absent or without a value: `params.has('rport')` tells (RFC 3581). */
  rport?: number;
  /** All parameters, the ones above included. */
  params: Params;
}

/** Parses one Via value. @returns undefined when it is not one of SIP/2.0 with a host */
export function parseVia(text: string): Via | undefined {
  const match = /^\s*SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9-]+)\s+([^;]+)(;.*)?$/is.exec(text);
  const hostPort = parseHostPort(match?.[2] ?? '');
  if (match === null || hostPort === undefined) return undefined;
  const params = parseParams(match[3] ?? '');
  const branch = params.get('branch');
  const received = params.get('received');
  const rport = Number(params.get('rport'));
  return {
    protocol: match[1]?.toUpperCase() ?? '',
    ...hostPort,
    ...(branch !== undefined && { branch }),
    ...(received !== undefined && { received }),
    ...(Number.isInteger(rport) && rport > 0 && { rport }),
    params,
  };
}

/** Writes a Via value; `branch`, `received` and `rport` are taken from `params`. */
export function formatVia(via: Pick<Via, 'protocol' | 'host' | 'port' | 'params'>): string {
  return `SIP/2.0/${via.protocol} ${formatHostPort(via)}${formatParams(via.params)}`;
}

/** True when a Via field has nothing between two separators or behind the last one, which no grammar allows. */
export function hasEmptyParts(value: string): boolean {
  return /^\s*[;,]|[;,]\s*(?:[;,]|$)/.test(value);
}

/** The first Via of a message. */
export function topVia(headers: SipHeaders): Via | undefined {
  const [first] = headers.values('Via');
  return first === undefined ? undefined : parseVia(first);
}

/** Replaces the first Via and leaves those below, one a line. */
export function setTopVia(headers: SipHeaders, via: Pick<Via, 'protocol' | 'host' | 'port' | 'params'>): void {
  headers.setAll('Via', [formatVia(via), ...headers.values('Via').slice(1)]);
}
