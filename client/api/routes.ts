import { createRoute, z } from '@hono/zod-openapi';
import { CALL_PHASES } from '../../contracts/call';
import { activitiesBody } from './activity-schemas';
import { callListSchema, callSchema, problemSchema, receiptsSchema } from './api-schemas';
import { END_EVENT_ID } from './event-stream';

const MAX_PAGE_SIZE = 200;

/** Number of calls that a page of the list may hold. */
const pageSizeSchema = z.coerce.number().int().min(1).max(MAX_PAGE_SIZE);

const pathSchema = z.object({ callId: z.string().openapi({ example: 'mfrggzdfmztwq2lk' }) });

const PROBLEMS = {
  400: 'The body is not JSON in UTF-8',
  401: 'The bearer token is missing or wrong',
  403: 'The token is that of a bot channel; this needs an operator’s',
  404: 'No such call or trunk, or the call is another channel’s',
  405: 'The path takes other methods; Allow lists them',
  409: 'The call or trunk is not ready for this, or another transfer is in progress',
  413: 'The body is longer than 64 KiB',
  415: 'The body is not application/json, or in another charset or content coding than UTF-8 and none',
  421: 'Without a token the API answers to loopback names only',
  422: 'The request is not valid; errors lists each fault with its path',
  426: 'This is a WebSocket: send Upgrade',
  429: 'Too many requests; Retry-After says when to ask again',
  500: 'A fault of the API itself',
  503: 'Temporal or a worker for the call does not answer; Retry-After says when to ask again',
} as const;

/** What every operation may answer. */
const COMMON = [401, 405, 421, 429, 500, 503] as const;

type ProblemStatus = keyof typeof PROBLEMS;
interface ProblemResponse {
  description: string;
  content: { 'application/problem+json': { schema: typeof problemSchema } };
}

export function problems<Status extends ProblemStatus>(
  ...statuses: Status[]
): Record<Status | (typeof COMMON)[number], ProblemResponse> {
  const content = { 'application/problem+json': { schema: problemSchema } };
  const responses: Partial<Record<ProblemStatus, ProblemResponse>> = {};
  for (const status of [...statuses, ...COMMON]) responses[status] = { description: PROBLEMS[status], content };
  return responses as Record<Status | (typeof COMMON)[number], ProblemResponse>;
}

export function json<Schema extends z.ZodType>(
  description: string,
  schema: Schema
): { description: string; content: { 'application/json': { schema: Schema } } } {
  return { description, content: { 'application/json': { schema } } };
}

export const sendActivitiesRoute = createRoute({
  method: 'post',
  path: '/v1/calls/{callId}/activities',
  operationId: 'sendActivities',
  summary: 'Carry out bot activities',
  description:
    'One activity, a list of them, or {"activities": [...]}: taken whole or not at all, carried out in order. An activity with an `id` may be sent again: it has one effect and gets the same answer.',
  request: { params: pathSchema, body: activitiesBody },
  responses: {
    200: json('What became of each activity', receiptsSchema),
    ...problems(400, 404, 409, 413, 415, 422),
  },
});

export const listCallsRoute = createRoute({
  method: 'get',
  path: '/v1/calls',
  operationId: 'listCalls',
  summary: 'List calls: those that are up, then those that ended, each latest first',
  description:
    'With the token of a channel: the calls of that channel. What it shows may lag behind by about a second.',
  request: {
    query: z.object({
      phase: z.enum(CALL_PHASES).optional(),
      pageSize: pageSizeSchema.default(50),
      pageToken: z.string().min(1).max(4096).optional().openapi({ description: '`nextPageToken` of the page before' }),
    }),
  },
  responses: { 200: json('A page of calls', callListSchema), ...problems(422) },
});

export const getCallRoute = createRoute({
  method: 'get',
  path: '/v1/calls/{callId}',
  operationId: 'getCall',
  summary: 'A call with its transfers and timeline',
  request: { params: pathSchema },
  responses: { 200: json('The call', callSchema), ...problems(404) },
});

const EVENTS_EXAMPLE = [
  'event: timeline\nid: 3\ndata: {"n":3,"at":"2031-05-04T09:12:00.001Z","event":"BotAnswered"}\n\n',
  'event: end\nid: end\ndata: {"reasonCode":"transferred","reason":"the target answered"}\n\n',
].join('');

export const watchCallRoute = createRoute({
  method: 'get',
  path: '/v1/calls/{callId}/events',
  operationId: 'watchCall',
  summary: 'What happens on a call, as server-sent events',
  description:
    '`timeline` events with an entry of the timeline each and its number as id, then one `end`, and the stream is closed. A stream that breaks is resumed with `Last-Event-ID`; the last 100 entries are kept.',
  request: {
    params: pathSchema,
    headers: z.object({
      'last-event-id': z
        .string()
        .regex(new RegExp(`^(\\d{1,9}|${END_EVENT_ID})$`), 'is not the id of an event of this stream')
        .optional(),
    }),
  },
  responses: {
    200: {
      description: 'The events',
      content: { 'text/event-stream': { schema: z.string().openapi({ example: EVENTS_EXAMPLE }) } },
    },
    204: { description: 'The end was heard already: there is nothing more' },
    ...problems(404, 422),
  },
});

export const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'getHealth',
  summary: 'Whether the process is up',
  description: 'Needs no token, and does not ask Temporal.',
  security: [],
  responses: { 200: json('It is', z.object({ status: z.literal('ok') })) },
});

const SWITCHING = { 101: { description: 'The WebSocket; docs/bots.md has its frames' } };

/** The WebSockets for bots: no operation of theirs is one of HTTP, so they are described only. */
export const SOCKET_PATHS = [
  {
    method: 'get' as const,
    path: '/v1/calls/{callId}/ws',
    operationId: 'openCallSocket',
    summary: 'A WebSocket for the bot of a call: its events, and activities that it sends',
    request: {
      params: pathSchema,
      query: z.object({
        lastEventId: z.string().optional().openapi({ description: 'The event that was heard last', example: '3' }),
      }),
    },
    responses: { ...SWITCHING, ...problems(404, 422, 426) },
  },
  {
    method: 'get' as const,
    path: '/v1/channels/{botId}/ws',
    operationId: 'openChannelSocket',
    summary: 'A WebSocket for the bot of a channel: the events of all its calls, and activities that it sends',
    request: { params: z.object({ botId: z.string().openapi({ example: 'demo-bot' }) }) },
    responses: { ...SWITCHING, ...problems(404, 426) },
  },
];
