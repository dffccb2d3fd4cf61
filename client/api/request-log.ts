import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { Log } from '../../activities/log';
import type { ApiEnv } from './api-env';

const HEADER = 'X-Request-Id';

/** RFC 9110 section 5.6.2, `token`. */
const REQUEST_ID = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

/** Gives every request an id, its own or a new one, sends it back, and logs the request by it: neither query nor body nor token. */
export function logRequests(log: Pick<Log, 'info'>): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const startedAt = performance.now();
    const given = c.req.header(HEADER) ?? '';
    const requestId = REQUEST_ID.test(given) ? given : randomUUID();
    c.set('requestId', requestId);
    await next();
    c.header(HEADER, requestId);
    const { method, path } = c.req;
    const ms = Math.round(performance.now() - startedAt);
    log.info({ requestId, method, path, status: c.res.status, ms, by: nameOf(c.var.principal) }, 'request');
  };
}

function nameOf(principal: ApiEnv['Variables']['principal']): string | undefined {
  return principal?.kind === 'channel' ? principal.botId : principal?.kind;
}
