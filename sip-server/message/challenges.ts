import type { SipResponse } from './message';
import { splitOutsideQuotes } from './split';

const challengeHeaders = ['WWW-Authenticate', 'Proxy-Authenticate'] as const;

/**
 * A 401 or 407 with one challenge of each kind: the first Digest challenge with MD5, its `qop` narrowed to `auth` where that is offered
 * (RFC 8760 section 2.4 lets a server offer several). Applications that join the values of repeated headers would take them for one. When
 * none has MD5 the response stays as it is. All challenges as they came stand in `X-WWW-Authenticate` and `X-Proxy-Authenticate`, for
 * applications that know a stronger one.
 */
export function withOneChallenge(response: SipResponse): SipResponse {
  if (response.status !== 401 && response.status !== 407) return response;
  const headers = response.headers.clone();
  for (const name of challengeHeaders) {
    const challenges = response.headers.all(name).flatMap(challengesIn);
    const chosen = challenges.find(isMd5);
    if (chosen === undefined) continue;
    headers.set(name, formatChallenge(chosen));
    if (challenges.length > 1) headers.set(`X-${name}`, response.headers.all(name).join(', '));
  }
  return { ...response, headers };
}

interface Challenge {
  scheme: string;
  /** `name=value` as written. */
  params: string[];
}

/** The challenges of one header value: parameters belong to the last scheme before them. */
function challengesIn(value: string): Challenge[] {
  const challenges: Challenge[] = [];
  for (const part of splitOutsideQuotes(value, ',')) {
    const [, scheme, param = part] = /^([A-Za-z0-9-]+)\s+(\S.*)$/.exec(part) ?? [];
    if (scheme !== undefined && !param.startsWith('=')) challenges.push({ scheme, params: [param] });
    else challenges.at(-1)?.params.push(part);
  }
  return challenges;
}

function isMd5({ scheme, params }: Challenge): boolean {
  const algorithm = params.map((param) => /^algorithm\s*=\s*"?([^"\s]*)/i.exec(param)?.[1]).find(Boolean) ?? 'MD5';
  return scheme.toLowerCase() === 'digest' && algorithm.toUpperCase() === 'MD5';
}

function formatChallenge({ scheme, params }: Challenge): string {
  return `${scheme} ${params.map(narrowQop).join(', ')}`;
}

function narrowQop(param: string): string {
  const offered = /^qop\s*=\s*"?([^"]*)"?$/i.exec(param)?.[1]?.split(',') ?? [];
  return offered.length > 1 && offered.some((qop) => qop.trim().toLowerCase() === 'auth') ? 'qop="auth"' : param;
}
