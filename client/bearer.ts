import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { answerProblem, plainProblem } from './problem';

/** Lets requests with this bearer token pass (RFC 6750 section 2.1). */
export function requireBearer(token: string): MiddlewareHandler {
  const expected = digest(token);
  return async (c, next) => {
    const [, given] = /^Bearer +([!-~]+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return next();
    const challenge = given === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
    return answerProblem(c, plainProblem(401, 'a valid bearer token is needed'), { 'www-authenticate': challenge });
  };
}

/** Digests have one length whatever the tokens', as a comparison in constant time needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
