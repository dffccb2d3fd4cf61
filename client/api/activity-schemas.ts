import { z } from '@hono/zod-openapi';
import {
  eventSchema,
  cancelTransferParamsSchema,
  hangupParamsSchema,
  MAX_ACTIVITIES,
  playUrlParamsSchema,
  sendDtmfParamsSchema,
  sendMetaDataParamsSchema,
  transferParamsSchema,
} from '../../contracts/schemas';

/** The bodies that bots send, as JSON Schema for the OpenAPI description. The call itself reads them, by the schemas they come from. */

type JsonSchema = Record<string, unknown>;

/** JSON Schema of what a client sends, as OpenAPI 3.1 takes it. */
function inputSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

const envelope = {
  id: {
    ...inputSchema(eventSchema.shape.id),
    description: 'A repeat with the same id is the same request and gets the same answer.',
  },
  sessionParams: { type: 'object', description: 'Parameters for the rest of the call; null takes one back.' },
  delay: {
    ...inputSchema(eventSchema.shape.delay),
    description:
      'Ms to wait before this activity, after the one before it. Those behind it wait too; their receipts say `delayed`.',
  },
};

/** Nothing in `params` is required: a value may come from `sessionParams` or the channel's presets. */
function eventActivity(names: string[], params: z.ZodType, more: JsonSchema = {}): JsonSchema {
  const { required: _, ...activityParams } = inputSchema(params);
  return {
    type: 'object',
    required: ['type', 'name'],
    properties: { ...envelope, type: { const: 'event' }, name: { enum: names }, activityParams, ...more },
  };
}

const message: JsonSchema = {
  type: 'object',
  required: ['type', 'text'],
  properties: { ...envelope, type: { const: 'message' }, text: { type: 'string' } },
};

const kinds: Readonly<Record<string, JsonSchema>> = {
  MessageActivity: message,
  TransferActivity: eventActivity(['transfer', 'handover'], transferParamsSchema),
  CancelTransferActivity: eventActivity(['cancelTransfer'], cancelTransferParamsSchema),
  HangupActivity: eventActivity(['hangup'], hangupParamsSchema),
  PlayUrlActivity: eventActivity(['playUrl'], playUrlParamsSchema),
  SendDtmfActivity: eventActivity(['sendDtmf'], sendDtmfParamsSchema),
  SendMetaDataActivity: eventActivity(['sendMetaData'], sendMetaDataParamsSchema, { value: {} }),
  ConfigActivity: eventActivity(['config'], z.object({})),
};

const refTo = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });

/** Components of the description, by name. */
export const activityComponents: Readonly<Record<string, JsonSchema>> = {
  ...kinds,
  Activity: { anyOf: Object.keys(kinds).map(refTo) },
  ActivityList: { type: 'array', minItems: 1, maxItems: MAX_ACTIVITIES, items: refTo('Activity') },
};

const transferExample = {
  type: 'event',
  name: 'transfer',
  id: '5b0c6f2e-transfer',
  activityParams: {
    transferTarget: 'sip:agent@pbx.example.com',
    handoverReason: 'asks for a person',
    transferNotifications: true,
    transferNotificationsHangupMS: 5000,
  },
};

/** Body of a request that sends activities. */
export const activitiesBody = {
  required: true,
  content: {
    'application/json': {
      schema: {
        anyOf: [
          { type: 'object' as const, required: ['activities'], properties: { activities: refTo('ActivityList') } },
          refTo('ActivityList'),
          refTo('Activity'),
        ],
      },
      examples: {
        transfer: { summary: 'Transfer, and hear how it went', value: transferExample },
        hangup: {
          summary: 'End the call',
          value: { activities: [{ type: 'event', name: 'hangup', activityParams: { hangupReason: 'done' } }] },
        },
      },
    },
  },
};
