import { createHash } from 'node:crypto';
import type { DigestAlgorithm, DigestChallenge } from './challenges';

/** What a trunk authenticates with. Never logged, never in a workflow. */
export interface Credentials {
  user: string;
  password: string;
}

/** The request as it was sent. */
export interface ChallengedRequest {
  method: string;
  /** Request-URI on the wire (RFC 3261 section 22.4, item 1). */
  uri: string;
  body: string;
}

const HASHES: Record<DigestAlgorithm, string> = { 'SHA-256': 'sha256', MD5: 'md5' };

/**
 * The value of an `Authorization` or `Proxy-Authorization` header (RFC 7616 section 3.4).
 * @param nonceCount how many requests have been sent with this nonce, this one included
 */
export function authorization(
  challenge: DigestChallenge,
  { user, password }: Credentials,
  { method, uri, body }: ChallengedRequest,
  { nonceCount, cnonce }: { nonceCount: number; cnonce: string }
): string {
  const { realm, nonce, opaque, algorithm, qop } = challenge;
  const hash = (text: string): string => createHash(HASHES[algorithm]).update(text, 'utf8').digest('hex');
  const secret = hash(`${user}:${realm}:${password}`);
  const action = hash(qop === 'auth-int' ? `${method}:${uri}:${hash(body)}` : `${method}:${uri}`);
  const count = nonceCount.toString(16).padStart(8, '0');
  const proof = qop === undefined ? [secret, nonce, action] : [secret, nonce, count, cnonce, qop, action];
  const parameters = [
    `username=${quoted(user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    `response="${hash(proof.join(':'))}"`,
    `algorithm=${algorithm}`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${count}`, `cnonce="${cnonce}"`]),
  ];
  return `Digest ${parameters.join(', ')}`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
