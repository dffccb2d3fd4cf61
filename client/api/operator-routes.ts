import { createRoute, z } from '@hono/zod-openapi';
import { json, problems } from './routes';
import { trunkListSchema, trunkSchema } from './trunk-schemas';

/** What operators alone may do. */

const path = z.object({
  trunk: z.string().openapi({ example: 'sales', description: 'Its id, or `<id>@<node>` where several nodes have it' }),
});

/** A body without content: browsers then ask before a page of somebody else's may send it. */
const body = { required: true, content: { 'application/json': { schema: { type: 'object' as const } } } };

export const listTrunksRoute = createRoute({
  method: 'get',
  path: '/v1/trunks',
  operationId: 'listTrunks',
  summary: 'List trunks that register or are watched',
  responses: { 200: json('The trunks of all nodes, by name', trunkListSchema), ...problems(403) },
});

export const getTrunkRoute = createRoute({
  method: 'get',
  path: '/v1/trunks/{trunk}',
  operationId: 'getTrunk',
  summary: 'A trunk with its state, registration and calls',
  request: { params: path },
  responses: { 200: json('The trunk', trunkSchema), ...problems(403, 404, 409) },
});

export const registerTrunkRoute = createRoute({
  method: 'post',
  path: '/v1/trunks/{trunk}/register',
  operationId: 'registerTrunk',
  summary: 'Register a trunk at once',
  description: 'Also one that an operator had stopped. It goes on by itself: ask for the trunk to see what came of it.',
  request: { params: path, body },
  responses: { 200: json('The trunk', trunkSchema), ...problems(400, 403, 404, 409, 413, 415) },
});

export const unregisterTrunkRoute = createRoute({
  method: 'post',
  path: '/v1/trunks/{trunk}/unregister',
  operationId: 'unregisterTrunk',
  summary: 'End the registration of a trunk, until it is registered again',
  description: 'Meanwhile it is `down`: transfers by INVITE do not go over it. Calls that are up stay.',
  request: { params: path, body },
  responses: { 200: json('The trunk', trunkSchema), ...problems(400, 403, 404, 409, 413, 415) },
});

export const reloadConfigRoute = createRoute({
  method: 'post',
  path: '/v1/config/reload',
  operationId: 'reloadConfig',
  summary: 'Take trunks and channels from the configuration of this worker anew',
  description:
    'Of this worker alone: others of the node have files of their own. Calls that are up keep the settings that they started with.',
  request: { body },
  responses: {
    200: json(
      'What holds now',
      z
        .object({
          trunks: z.array(z.string()),
          channels: z.array(z.string()),
          needsRestart: z
            .array(z.string())
            .openapi({ description: 'Sections that are other than before and hold only from the next start on' }),
        })
        .openapi('Reloaded')
    ),
    ...problems(400, 403, 413, 415, 422),
  },
});
