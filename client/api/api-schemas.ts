import { z } from '@hono/zod-openapi';
import { CALL_PHASES } from '../../contracts/call';
import { TRANSFER_METHODS } from '../../contracts/transfer';
import { TRUNK_REASONS } from '../../contracts/transfer-over';

/** What the API answers, for its OpenAPI description. The compiler checks what is sent against them. */

const timeSchema = z.iso.datetime();
const phaseSchema = z.enum(CALL_PHASES);
const endSchema = z.object({
  reasonCode: z.string().openapi({ example: 'transferred' }),
  reason: z.string(),
  by: z.enum(['caller', 'bot', 'target', 'transfer', 'operator', 'limit', 'fault']),
});

const timelineEntrySchema = z
  .object({
    n: z.int().openapi({ description: 'Counts the entries of a call from 1' }),
    at: timeSchema,
    event: z.string().openapi({ example: 'TransferRequested' }),
    detail: z.string().optional(),
  })
  .openapi('TimelineEntry');

const outcomeSchema = z.object({
  status: z.enum(['answered', 'failed']),
  evidence: z.string(),
  reasonCode: z.enum(['no-answer', 'busy', 'declined', 'error']).optional(),
  sipStatus: z.int().optional(),
  reason: z.string().optional(),
});

const transferSchema = z.object({
  attemptId: z.string(),
  activityId: z.string(),
  method: z.enum(TRANSFER_METHODS),
  referRefused: z.object({ sipStatus: z.int(), reasonPhrase: z.string() }).optional(),
  target: z.string(),
  trunk: z.string().optional(),
  trunkReason: z.enum(TRUNK_REASONS).optional(),
  transferChannel: z.string().optional(),
  reason: z.string().optional(),
  notifications: z.boolean(),
  requestedAt: timeSchema,
  endedAt: timeSchema.optional(),
  outcome: outcomeSchema.optional(),
});

export const callSchema = z
  .object({
    callId: z.string().openapi({ example: 'mfrggzdfmztwq2lk' }),
    phase: phaseSchema,
    node: z.string(),
    trunk: z.string(),
    botId: z.string(),
    caller: z.string(),
    callee: z.string(),
    startedAt: timeSchema,
    answeredAt: timeSchema.optional(),
    endedAt: timeSchema.optional(),
    end: endSchema.optional(),
    transfers: z.array(transferSchema),
    timeline: z.array(timelineEntrySchema),
  })
  .openapi('Call');

export const callListSchema = z
  .object({
    calls: z.array(
      z.object({
        callId: z.string(),
        phase: phaseSchema,
        trunk: z.string(),
        botId: z.string(),
        caller: z.string(),
        callee: z.string(),
        startedAt: timeSchema,
        endedAt: timeSchema.optional(),
        outcome: z.string().optional(),
      })
    ),
    nextPageToken: z.string().optional(),
  })
  .openapi('CallList');

export const receiptsSchema = z
  .object({
    activities: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        status: z.enum(['accepted', 'joined', 'recorded', 'delayed', 'ignored']),
        attemptId: z.string().optional(),
      })
    ),
  })
  .openapi('Receipts');

export const problemSchema = z
  .object({
    type: z.string().openapi({ description: '`about:blank` where the status says it all' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'Of a 422: each fault with its path' }),
  })
  .openapi('Problem', {
    description: 'Problem details (RFC 9457)',
    example: {
      type: 'urn:durable-calls:problem:invalid-request',
      title: 'The request is not valid',
      status: 422,
      errors: [{ path: 'activities[0].activityParams.transferTarget', message: 'is missing' }],
    },
  });
