import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Log } from '../../activities/log';
import { faultsOf } from '../../contracts/zod-faults';
import type { AccessTokens } from './access';
import { hasTokens, identify, requirePrincipal } from './access';
import { activityComponents } from './activity-schemas';
import type { ApiEnv } from './api-env';
import { addSocketRoutes } from './bot-socket/socket-routes';
import type { ApiCalls } from './channel-calls';
import { ChannelCalls } from './channel-calls';
import { END_EVENT_ID, eventStream } from './event-stream';
import { readJson } from './json-body';
import { limitBody } from './limit-body';
import { requireLoopbackHost } from './loopback-host';
import type { OperatorParts } from './operator-api';
import { addOperatorRoutes, guardOperatorRoutes } from './operator-api';
import { answerProblem, invalidRequest, plainProblem, problemOf } from './problem';
import { DEFAULT_RATE_LIMIT, limitRate } from './rate-limit';
import { logRequests } from './request-log';
import * as routes from './routes';
import type { RateLimit } from './token-buckets';

export interface ApiOptions extends OperatorParts {
  calls: ApiCalls;
  /** Whether a bot channel is configured. */
  hasChannel: (botId: string) => boolean;
  /** Every request for calls, trunks and the configuration needs one of them; with none the API is open, but only under loopback names. */
  tokens?: AccessTokens;
  /** Where bots reach the API: its host name is taken beside those of loopback. */
  publicUrl?: string;
  rateLimit?: RateLimit;
  log: Log;
}

type Api = OpenAPIHono<ApiEnv>;

const MAX_BODY_BYTES = 64 * 1024;
const DESCRIPTION = {
  openapi: '3.1.0',
  info: {
    title: 'durable-calls',
    version: '1',
    description:
      'Watches and steers phone calls: for bots and operators. Every error is a problem document (RFC 9457).',
  },
};

/** The HTTP API for bots and operators. */
export function createApi(options: ApiOptions): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, c) => (result.success ? undefined : answerProblem(c, invalidRequest(faultsOf(result.error)))),
  });
  api.use(logRequests(options.log));
  answerErrors(api, options.log);
  guard(api, options);
  addCallRoutes(api, options.calls);
  addOperatorRoutes(api, options);
  const { calls: all, hasChannel, rateLimit = DEFAULT_RATE_LIMIT, log } = options;
  addSocketRoutes(api, { callsOf: (c) => callsFor(c, all), all, hasChannel, options: { rateLimit, log } });
  api.openapi(routes.healthRoute, (c) => c.json({ status: 'ok' as const }, 200));
  describeApi(api, hasTokens(options.tokens ?? {}));
  return api;
}

function answerErrors(api: Api, log: ApiOptions['log']): void {
  const onMethodNotAllowed = (c: Context, methods: string[]): Response =>
    answerProblem(c, plainProblem(405), { allow: methods.join(', ') });
  api.use(methodNotAllowed({ app: api, onMethodNotAllowed }));
  api.notFound((c) => answerProblem(c, plainProblem(404)));
  api.onError((err, c) => {
    const problem = problemOf(err);
    const { requestId } = c.var;
    if (!problem) log.error({ err, requestId, method: c.req.method, path: c.req.path }, 'request failed');
    else if (problem.status === 503) log.warn({ err, requestId, path: c.req.path }, 'request not served for now');
    return answerProblem(c, problem ?? plainProblem(500));
  });
}

/** Who asks is found out first, so that each has a rate of its own; a guess at tokens counts against the address that it comes from. */
function guard(api: Api, { tokens = {}, publicUrl, rateLimit = DEFAULT_RATE_LIMIT }: ApiOptions): void {
  const isOpen = !hasTokens(tokens);
  if (isOpen) api.use('/v1/*', requireLoopbackHost(publicUrl));
  api.use('/v1/*', identify(tokens), limitRate(rateLimit, { isOpen }));
  api.use('/v1/calls/*', requirePrincipal);
  api.use('/v1/channels/*', requirePrincipal);
  api.use('/v1/*', limitBody(MAX_BODY_BYTES));
  guardOperatorRoutes(api);
}

function describeApi(api: Api, needsToken: boolean): void {
  const registry = api.openAPIRegistry;
  for (const [name, schema] of Object.entries(activityComponents)) registry.registerComponent('schemas', name, schema);
  for (const path of routes.SOCKET_PATHS) registry.registerPath(path);
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description:
      'The operator’s token reaches every call, trunks and the configuration, that of a bot channel the calls of this channel.',
  });
  api.doc31('/v1/openapi.json', { ...DESCRIPTION, security: needsToken ? [{ token: [] }] : [{}, { token: [] }] });
}

/** Those that the asker may reach. */
function callsFor({ var: { principal } }: Context<ApiEnv>, all: ApiCalls): Omit<ApiCalls, 'channelOf'> {
  return principal?.kind === 'channel' ? new ChannelCalls(all, principal.botId) : all;
}

function addCallRoutes(api: Api, all: ApiCalls): void {
  const callsOf = (c: Context<ApiEnv>): Omit<ApiCalls, 'channelOf'> => callsFor(c, all);
  api.openapi(routes.listCallsRoute, async (c) => {
    const { phase, pageSize, pageToken } = c.req.valid('query');
    const filter = {
      pageSize,
      ...(phase === undefined ? {} : { phase }),
      ...(pageToken === undefined ? {} : { nextPageToken: pageToken }),
    };
    return c.json(await callsOf(c).list(filter), 200);
  });
  api.openapi(routes.getCallRoute, async (c) => c.json(await callsOf(c).get(c.req.valid('param').callId), 200));
  api.openapi(routes.sendActivitiesRoute, async (c) => {
    const { callId } = c.req.valid('param');
    const payload = await readJson(c);
    return c.json({ activities: await callsOf(c).sendActivities(callId, payload) }, 200);
  });
  api.openapi(routes.watchCallRoute, async (c) => {
    const { 'last-event-id': lastId = '0' } = c.req.valid('header');
    // 204 is what makes a browser's EventSource stop asking (WHATWG HTML, section 9.2.3).
    if (lastId === END_EVENT_ID) return c.body(null, 204);
    const { callId } = c.req.valid('param');
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };
    if (c.req.method === 'HEAD') {
      await callsOf(c).get(callId);
      return c.body(null, 200, headers);
    }
    const watch = await callsOf(c).watch(callId, { after: Number(lastId) });
    return c.body(eventStream(watch), 200, headers);
  });
}
