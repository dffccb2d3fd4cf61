/** A Digest challenge (RFC 7616 section 3.3, in SIP RFC 3261 section 22 and RFC 8760) that we can answer. */
export interface DigestChallenge {
  realm: string;
  nonce: string;
  opaque?: string;
  algorithm: DigestAlgorithm;
  /** Protection that we choose of those offered; absent when the peer offers none (RFC 2069 form). */
  qop?: 'auth' | 'auth-int';
  /** The nonce before was too old; the password was right. */
  isStale: boolean;
}

/** Strongest first. `-sess` is left to the plain form: every server that offers it offers that too. */
const ALGORITHMS = ['SHA-256', 'MD5'] as const;
export type DigestAlgorithm = (typeof ALGORITHMS)[number];

/** Name, `=`, and a quoted string or a token, or a scheme in front of them. */
const PIECE =
  /\s*(?:([A-Za-z0-9\-.!%*_+`'~]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([A-Za-z0-9\-.!%*_+`'~]+))\s*,?/y;

/**
 * Reads a `WWW-Authenticate` or `Proxy-Authenticate` header, in which several challenges may be joined by commas.
 * @returns the strongest challenge that we can answer (RFC 8760 section 2.4), the first of those that are equally strong
 */
export function strongestChallenge(header: string): DigestChallenge | undefined {
  const known = splitChallenges(header).map(toChallenge);
  return known
    .filter((challenge) => challenge !== undefined)
    .reduce<DigestChallenge | undefined>(
      (best, challenge) => (best && strength(best) <= strength(challenge) ? best : challenge),
      undefined
    );
}

function strength({ algorithm }: DigestChallenge): number {
  return ALGORITHMS.indexOf(algorithm);
}

/** @returns the parameters of each Digest challenge, names in lower case */
function splitChallenges(header: string): Map<string, string>[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  PIECE.lastIndex = 0;
  for (let match = PIECE.exec(header); match; match = PIECE.exec(header)) {
    const [, name, quoted, token, scheme] = match;
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    else if (name !== undefined)
      challenges.at(-1)?.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
  }
  return challenges.filter(({ scheme }) => scheme === 'digest').map(({ parameters }) => parameters);
}

function toChallenge(parameters: Map<string, string>): DigestChallenge | undefined {
  const [realm, nonce, opaque] = ['realm', 'nonce', 'opaque'].map((name) => parameters.get(name));
  const named = (parameters.get('algorithm') ?? 'MD5').toUpperCase();
  const algorithm = ALGORITHMS.find((known) => known === named);
  const offered = parameters
    .get('qop')
    ?.split(',')
    .map((qop) => qop.trim().toLowerCase());
  const qop = (['auth', 'auth-int'] as const).find((known) => offered?.includes(known));
  if (realm === undefined || nonce === undefined || !algorithm || (offered && !qop)) return undefined;
  return {
    realm,
    nonce,
    ...(opaque === undefined ? {} : { opaque }),
    algorithm,
    ...(qop === undefined ? {} : { qop }),
    isStale: parameters.get('stale')?.toLowerCase() === 'true',
  };
}
