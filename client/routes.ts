import { createRoute, z } from '@hono/zod-openapi';
import { CALL_PHASES } from '../contracts/call';
import {
  activitySchema,
  BOT_ACTIVITY_NAMES,
  hangupParamsSchema,
  MAX_ACTIVITIES,
  transferParamsSchema,
} from '../contracts/schemas';
import { callListSchema, callSchema, problemSchema, receiptsSchema } from './api-schemas';

const MAX_PAGE_SIZE = 200;

/** Number of calls that a page of the list may hold. */
const pageSizeSchema = z.coerce.number().int().min(1).max(MAX_PAGE_SIZE);

const pathSchema = z.object({ callId: z.string().openapi({ example: 'mfrggzdfmztwq2lk' }) });

const PROBLEMS = {
  400: 'The body is not JSON',
  401: 'The bearer token is missing or wrong',
  404: 'No call with this id is up',
  409: 'The call is not ready for this, or another transfer is in progress',
  413: 'The body is longer than 64 KiB',
  415: 'The body is not application/json',
  422: 'The request is not valid; errors lists each fault with its path',
  503: 'Temporal or a worker for the call does not answer; Retry-After says when to ask again',
} as const;

type ProblemStatus = keyof typeof PROBLEMS;
interface ProblemResponse {
  description: string;
  content: { 'application/problem+json': { schema: typeof problemSchema } };
}

function problems<Status extends ProblemStatus>(...statuses: Status[]): Record<Status, ProblemResponse> {
  const content = { 'application/problem+json': { schema: problemSchema } };
  const responses: Partial<Record<ProblemStatus, ProblemResponse>> = {};
  for (const status of statuses) responses[status] = { description: PROBLEMS[status], content };
  return responses as Record<Status, ProblemResponse>;
}

function json<Schema extends z.ZodType>(
  description: string,
  schema: Schema
): { description: string; content: { 'application/json': { schema: Schema } } } {
  return { description, content: { 'application/json': { schema } } };
}

/** JSON Schema of what a client sends, as OpenAPI 3.1 takes it. */
function inputSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

const activityJson = {
  type: 'object' as const,
  required: ['type', 'name'],
  properties: {
    id: inputSchema(activitySchema.shape.id),
    type: { const: 'event' },
    name: { enum: [...BOT_ACTIVITY_NAMES] },
    activityParams: { anyOf: [inputSchema(transferParamsSchema), inputSchema(hangupParamsSchema)] },
    sessionParams: { type: 'object' as const },
  },
};

const listJson = { type: 'array' as const, minItems: 1, maxItems: MAX_ACTIVITIES, items: activityJson };

/** The body is described here and read by the call, which knows its trunk's rules and its bot's presets. */
const activitiesBody = {
  required: true,
  content: {
    'application/json': {
      schema: {
        anyOf: [
          { type: 'object' as const, required: ['activities'], properties: { activities: listJson } },
          listJson,
          activityJson,
        ],
      },
    },
  },
};

export const sendActivitiesRoute = createRoute({
  method: 'post',
  path: '/v1/calls/{callId}/activities',
  summary: 'Carry out bot activities: transfer, handover, hangup',
  request: { params: pathSchema, body: activitiesBody },
  responses: {
    200: json('What became of each activity', receiptsSchema),
    ...problems(400, 401, 404, 409, 413, 415, 422, 503),
  },
});

export const listCallsRoute = createRoute({
  method: 'get',
  path: '/v1/calls',
  summary: 'List calls, latest first',
  request: {
    query: z.object({
      phase: z.enum(CALL_PHASES).optional(),
      pageSize: pageSizeSchema.default(50),
      pageToken: z.string().min(1).max(4096).optional(),
    }),
  },
  responses: { 200: json('A page of calls', callListSchema), ...problems(401, 422, 503) },
});

export const getCallRoute = createRoute({
  method: 'get',
  path: '/v1/calls/{callId}',
  summary: 'A call with its transfers and timeline',
  request: { params: pathSchema },
  responses: { 200: json('The call', callSchema), ...problems(401, 404, 503) },
});
