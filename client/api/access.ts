import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from './api-env';
import { answerProblem, plainProblem } from './problem';

/** Who asks: an operator, who reaches every call, or the bot of a channel, which reaches the calls of that channel. */
export type Principal = { kind: 'operator' } | { kind: 'channel'; botId: string };

/** Bearer tokens (RFC 6750). None at all: everybody is an operator. */
export interface AccessTokens {
  operator?: string;
  channels?: readonly { botId: string; token: string }[];
}

export function hasTokens({ operator, channels = [] }: AccessTokens): boolean {
  return operator !== undefined || channels.length > 0;
}

/** Finds out who asks; a wrong token and none are noted, not yet answered. */
export function identify(tokens: AccessTokens): MiddlewareHandler<ApiEnv> {
  const holders = holdersOf(tokens);
  return async (c, next) => {
    const [, given] = /^Bearer +([!-~]+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
    const principal = holders.length === 0 ? OPERATOR : given === undefined ? undefined : holderOf(given, holders);
    if (principal) c.set('principal', principal);
    return next();
  };
}

/** Lets only those pass whom `identify` knows (RFC 6750 section 3). */
export const requirePrincipal: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.var.principal) return next();
  const challenge = c.req.header('authorization') === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
  return answerProblem(c, plainProblem(401, 'a valid bearer token is needed'), { 'www-authenticate': challenge });
};

/** Lets only operators pass. */
export const requireOperator: MiddlewareHandler<ApiEnv> = async (c, next) =>
  c.var.principal?.kind === 'channel'
    ? answerProblem(c, plainProblem(403, 'the token of an operator is needed'))
    : next();

const OPERATOR: Principal = { kind: 'operator' };

interface Holder {
  digest: Buffer;
  principal: Principal;
}

function holdersOf({ operator, channels = [] }: AccessTokens): Holder[] {
  const bots = channels.map(({ botId, token }): Holder => ({
    digest: digest(token),
    principal: { kind: 'channel', botId },
  }));
  return operator === undefined ? bots : [{ digest: digest(operator), principal: OPERATOR }, ...bots];
}

/** Compares with every token, so that the time says nothing about which one was close. */
function holderOf(given: string, holders: readonly Holder[]): Principal | undefined {
  const wanted = digest(given);
  return holders.filter(({ digest: known }) => timingSafeEqual(known, wanted))[0]?.principal;
}

/** Digests have one length whatever the tokens', as a comparison in constant time needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
