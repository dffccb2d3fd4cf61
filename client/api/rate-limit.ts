import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import type { ApiEnv } from './api-env';
import { answerProblem, plainProblem } from './problem';
import type { RateLimit } from './token-buckets';
import { TokenBuckets } from './token-buckets';

export const DEFAULT_RATE_LIMIT: RateLimit = { perSecond: 50, burst: 100 };

/** Limits the requests of each token; of each remote address where no valid token is given. Goes behind `identify`. */
export function limitRate(limit: RateLimit, { isOpen }: { isOpen: boolean }): MiddlewareHandler<ApiEnv> {
  const buckets = new TokenBuckets(limit);
  return async (c, next) => {
    const waitS = buckets.take(isOpen ? addressOf(c) : ownerOf(c));
    if (waitS === 0) return next();
    return answerProblem(c, plainProblem(429), { 'retry-after': String(Math.ceil(waitS)) });
  };
}

function ownerOf(c: Context<ApiEnv>): string {
  const { principal } = c.var;
  if (!principal) return addressOf(c);
  return principal.kind === 'operator' ? 'operator' : `channel ${principal.botId}`;
}

function addressOf(c: Context<ApiEnv>): string {
  // Absent when the app is called without a server in front of it.
  const isServed = typeof c.env === 'object' && c.env !== null && 'incoming' in c.env;
  return `address ${isServed ? (getConnInfo(c).remote.address ?? '') : ''}`;
}
