import { formatHostPort, parseHostPort } from './host-port';
import { formatParams, parseParams } from './params';
import type { Params } from './params';

/**
 * A SIP or SIPS URI (RFC 3261 section 19.1) or a `tel` URI (RFC 3966), escapes left as they are. Of any other scheme, and of a SIP URI
 * whose host cannot be read, only `scheme` and `opaque` are known.
 */
export interface Uri {
  /** Lower case; empty when the text has none. */
  scheme: string;
  /** Of `tel`: the number as written. */
  user?: string;
  password?: string;
  /** IPv6 in brackets; empty for `tel` and opaque URIs. */
  host: string;
  port?: number;
  params: Params;
  /** Header fields of the URI in their order, names as written. */
  headers: (readonly [string, string])[];
  /** What follows the scheme, when it was not understood. */
  opaque?: string;
}

/** Parses a URI without angle brackets. Never throws. */
export function parseUri(text: string): Uri {
  const match = /^\s*([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(text);
  const scheme = match?.[1]?.toLowerCase() ?? '';
  const rest = (match?.[2] ?? text).trim();
  if (scheme === 'tel') return parseTel(rest);
  const opaque: Uri = { scheme, host: '', params: new Map(), headers: [], opaque: rest };
  return scheme === 'sip' || scheme === 'sips' ? (parseSip(scheme, rest) ?? opaque) : opaque;
}

export function formatUri(uri: Uri): string {
  const scheme = uri.scheme === '' ? '' : `${uri.scheme}:`;
  if (uri.opaque !== undefined) return `${scheme}${uri.opaque}`;
  const password = uri.password === undefined ? '' : `:${uri.password}`;
  const at = uri.host === '' ? '' : '@';
  const userinfo = uri.user === undefined ? '' : `${uri.user}${password}${at}`;
  const headers = uri.headers.map(([name, value]) => `${name}=${value}`).join('&');
  const question = headers === '' ? '' : '?';
  return `${scheme}${userinfo}${formatHostPort(uri)}${formatParams(uri.params)}${question}${headers}`;
}

function parseTel(rest: string): Uri {
  const semicolon = rest.indexOf(';');
  const user = semicolon < 0 ? rest : rest.slice(0, semicolon);
  const params = parseParams(semicolon < 0 ? '' : rest.slice(semicolon));
  return { scheme: 'tel', user, host: '', params, headers: [] };
}

function parseSip(scheme: string, rest: string): Uri | undefined {
  // The user part may hold ; and ? (RFC 3261 section 25.1, user-unreserved), so the @ is looked for first.
  const at = rest.indexOf('@');
  const userinfo = at < 0 ? undefined : rest.slice(0, at);
  const afterAt = rest.slice(at + 1);
  const question = afterAt.indexOf('?');
  const hostAndParams = question < 0 ? afterAt : afterAt.slice(0, question);
  const semicolon = hostAndParams.indexOf(';');
  const hostPort = parseHostPort(semicolon < 0 ? hostAndParams : hostAndParams.slice(0, semicolon));
  if (hostPort === undefined) return undefined;
  const params = parseParams(semicolon < 0 ? '' : hostAndParams.slice(semicolon));
  const headers = parseHeaders(question < 0 ? '' : afterAt.slice(question + 1));
  return { scheme, ...parseUserinfo(userinfo), ...hostPort, params, headers };
}

function parseUserinfo(userinfo: string | undefined): { user?: string; password?: string } {
  if (userinfo === undefined) return {};
  const colon = userinfo.indexOf(':');
  return colon < 0 ? { user: userinfo } : { user: userinfo.slice(0, colon), password: userinfo.slice(colon + 1) };
}

function parseHeaders(text: string): (readonly [string, string])[] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    });
}
