import { isIP } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from './api-env';
import { answerProblem, plainProblem } from './problem';

/**
 * Takes only requests that name a loopback host, or the public one. An API without a token trusts whoever reaches loopback; a page in a
 * browser reaches it too, under a name of its own that it lets point here (DNS rebinding), and the Host header gives that name away.
 */
export function requireLoopbackHost(publicUrl?: string): MiddlewareHandler<ApiEnv> {
  const publicName = publicUrl === undefined ? undefined : new URL(publicUrl).hostname;
  return async (c, next) => {
    const name = hostName(c.req.header('host') ?? new URL(c.req.url).host);
    if (name !== undefined && (isLoopbackName(name) || name === publicName)) return next();
    return answerProblem(c, plainProblem(421, 'without a token the API answers to loopback names only'));
  };
}

function hostName(host: string): string | undefined {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return undefined;
  }
}

function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.'));
}
