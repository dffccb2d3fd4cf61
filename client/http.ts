import type { Server } from 'node:http';
import { isIPv6 } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Logger } from 'pino';
import { faultsOf } from '../contracts/zod-faults';
import { requireBearer } from './bearer';
import type { CallsClient } from './calls';
import { answerProblem, invalidRequest, plainProblem, problemOf, RequestRefused } from './problem';
import { getCallRoute, listCallsRoute, sendActivitiesRoute } from './routes';

export interface ApiOptions {
  calls: Pick<CallsClient, 'list' | 'get' | 'sendActivities'>;
  /** Bearer token that every request under `/v1/calls` needs; without one the API is open. */
  token?: string;
  log: Pick<Logger, 'warn' | 'error'>;
}

const MAX_BODY_BYTES = 64 * 1024;
const DESCRIPTION = { openapi: '3.1.0', info: { title: 'durable-calls', version: '1' } };

/** The HTTP API for bots and operators. Every error is a problem of RFC 9457. */
export function createApi({ calls, token, log }: ApiOptions): OpenAPIHono {
  const api = new OpenAPIHono({
    defaultHook: (result, c) => (result.success ? undefined : answerProblem(c, invalidRequest(faultsOf(result.error)))),
  });
  answerErrors(api, log);
  if (token !== undefined) {
    api.use('/v1/calls', requireBearer(token));
    api.use('/v1/calls/*', requireBearer(token));
    api.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  }
  api.use('/v1/*', bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => answerProblem(c, plainProblem(413)) }));
  addCallRoutes(api, calls);
  api.get('/healthz', (c) => c.json({ status: 'ok' }));
  const security = token === undefined ? {} : { security: [{ token: [] }] };
  api.doc31('/v1/openapi.json', { ...DESCRIPTION, ...security });
  return api;
}

function answerErrors(api: OpenAPIHono, log: ApiOptions['log']): void {
  const onMethodNotAllowed = (c: Context, methods: string[]): Response =>
    answerProblem(c, plainProblem(405), { allow: methods.join(', ') });
  api.use(methodNotAllowed({ app: api, onMethodNotAllowed }));
  api.notFound((c) => answerProblem(c, plainProblem(404)));
  api.onError((err, c) => {
    const problem = problemOf(err);
    if (!problem) log.error({ err, method: c.req.method, path: c.req.path }, 'request failed');
    else if (problem.status === 503) log.warn({ err, path: c.req.path }, 'Temporal is not available');
    return answerProblem(c, problem ?? plainProblem(500));
  });
}

/** @throws RequestRefused when the body is not JSON or not declared to be */
async function readJson(c: Context): Promise<unknown> {
  const mediaType = (c.req.header('content-type') ?? '').split(';')[0] ?? '';
  if (mediaType.trim().toLowerCase() !== 'application/json')
    throw new RequestRefused(plainProblem(415, 'send application/json'));
  try {
    return JSON.parse(await c.req.text()) as unknown;
  } catch (err) {
    throw new RequestRefused(plainProblem(400, `the body is not JSON: ${(err as Error).message}`));
  }
}

function addCallRoutes(api: OpenAPIHono, calls: ApiOptions['calls']): void {
  api.openapi(listCallsRoute, async (c) => {
    const { phase, pageSize, pageToken } = c.req.valid('query');
    const filter = {
      pageSize,
      ...(phase === undefined ? {} : { phase }),
      ...(pageToken === undefined ? {} : { nextPageToken: pageToken }),
    };
    return c.json(await calls.list(filter), 200);
  });
  api.openapi(getCallRoute, async (c) => c.json(await calls.get(c.req.valid('param').callId), 200));
  api.openapi(sendActivitiesRoute, async (c) => {
    const { callId } = c.req.valid('param');
    const payload = await readJson(c);
    return c.json({ activities: await calls.sendActivities(callId, payload) }, 200);
  });
}

export interface ServedApi {
  /** `http://host:port` of the listener. */
  url: string;
  /** Lets requests under way finish for up to 2 s, then ends every connection. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 2000;

/**
 * Serves an app over HTTP.
 * @param address port 0 takes any free port
 * @throws when the address cannot be listened on; a taken port is named
 */
export async function serveApi(
  app: { fetch: (request: Request) => Response | Promise<Response> },
  { host, port }: { host: string; port: number }
): Promise<ServedApi> {
  const server = createAdaptorServer({ fetch: (request) => app.fetch(request) }) as Server;
  await listen(server, host, port);
  const { port: boundPort } = server.address() as AddressInfo;
  return { url: `http://${isIPv6(host) ? `[${host}]` : host}:${boundPort}`, close: () => close(server) };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (err: NodeJS.ErrnoException) => reject(listenError(err, host, port)));
    server.listen(port, host, resolve);
  });
}

function listenError(err: NodeJS.ErrnoException, host: string, port: number): Error {
  const what = err.code === 'EADDRINUSE' ? 'the port is taken; choose another api.port' : err.message;
  return new Error(`the API cannot listen on ${host} port ${port}: ${what}`, { cause: err });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
  });
}
