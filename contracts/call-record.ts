import { z } from 'zod';
import { LEG_KINDS } from './ids';
import { TRANSFER_METHODS } from './transfer';
import { TRUNK_REASONS } from './transfer-over';

/** The call detail record: one per call, and what is kept of it for good. Fields are added, never renamed; `schemaVersion` counts what breaks. */

export const CALL_RECORD_VERSION = 1;

const timeSchema = z.iso.datetime().describe('ISO 8601 in UTC.');
const durationSchema = z.int().min(0);

const legSchema = z
  .object({
    kind: z.enum(LEG_KINDS).describe('Whose leg: `returned` is a call that came back because of our REFER.'),
    attempt: z.int().min(0).describe('Tells legs of one kind apart.'),
    dialogId: z
      .string()
      .exactOptional()
      .describe('Call-ID and From tag of the INVITE that opened the dialog. Absent: no SIP leg.'),
    startedAt: timeSchema,
    endedAt: timeSchema.exactOptional().describe('Absent: the leg was up when the record was written.'),
    endedBy: z.enum(['peer', 'us']).exactOptional().describe('Absent from one that has ended: it was lost.'),
    reason: z.string().exactOptional().describe('Of the end, in the words of who ended it.'),
  })
  .describe('A dialog that was answered.');

const outcomeSchema = z
  .object({
    status: z.enum(['answered', 'failed']),
    evidence: z
      .string()
      .describe(
        'What the outcome rests on, such as `notify`, `bye`, `response`, `timer`, `media`, `in-doubt`, `local`.'
      ),
    reasonCode: z.enum(['no-answer', 'busy', 'declined', 'error']).exactOptional(),
    sipStatus: z.int().exactOptional().describe('The final status of the target, or of our request.'),
    reason: z.string().exactOptional(),
  })
  .describe('Absent: the call ended before there was one.');

const transferSchema = z
  .object({
    attemptId: z.string(),
    activityId: z.string().describe('The activity of the bot that asked for it.'),
    target: z.string().describe('URI of the target.'),
    handoverReason: z.string().exactOptional().describe('`handoverReason` of the bot.'),
    method: z.enum(TRANSFER_METHODS).describe('The method that decided.'),
    referRefused: z
      .object({ sipStatus: z.int(), reasonPhrase: z.string() })
      .exactOptional()
      .describe('With `auto`: how the peer refused the REFER before the INVITE.'),
    trunk: z.string().describe('Trunk that the attempt went over.'),
    trunkReason: z
      .enum(TRUNK_REASONS)
      .describe(
        'Why that trunk: `arrival`: the call came in on it; `transfer-channel`: it is that of the channel that the bot named; `unknown-transfer-channel`: no channel is called as the bot wrote, so as `arrival`.'
      ),
    transferChannel: z.string().exactOptional().describe('`transferChannel` as the bot wrote it.'),
    notifications: z.boolean(),
    requestedAt: timeSchema,
    endedAt: timeSchema.exactOptional(),
    elapsedMs: durationSchema.exactOptional().describe('From the request to the outcome.'),
    outcome: outcomeSchema.exactOptional(),
  })
  .describe('One transfer attempt.');

/** Its JSON Schema is published as docs/schemas/call-record.schema.json. */
export const callRecordSchema = z.object({
  schemaVersion: z.literal(CALL_RECORD_VERSION),
  key: z.string().describe('Call id and start: the same record has the same key however often it is written or sent.'),
  callId: z.string(),
  node: z.string().describe('SIP node that held the call.'),
  trunk: z.string().describe('Trunk that the call came in on.'),
  botId: z.string().describe('Bot channel.'),
  caller: z.string(),
  callerDisplayName: z.string().exactOptional(),
  callee: z.string().describe('The dialled number.'),
  startedAt: timeSchema,
  answeredAt: timeSchema.exactOptional(),
  endedAt: timeSchema.exactOptional(),
  talkMs: durationSchema.describe('From the answer to the end; 0 when the call was never answered.'),
  end: z
    .object({
      reasonCode: z
        .string()
        .describe(
          'Such as `client-disconnected`, `bot-disconnected`, `transferred`, `error`, `bot-unavailable`, `operator-disconnected`, `sip-node-lost`.'
        ),
      reason: z.string(),
      by: z
        .enum(['caller', 'bot', 'target', 'transfer', 'operator', 'limit', 'fault'])
        .describe('Who or what ended the call.'),
    })
    .describe('Why the call ended.'),
  legs: z.array(legSchema),
  transfers: z.array(transferSchema).describe('Every attempt, in order.'),
  refused: z
    .array(z.object({ at: timeSchema, reason: z.string() }))
    .describe('The first ten transfers that were never attempted: target malformed or denied, budget used up.'),
  prompts: z
    .array(z.object({ at: timeSchema, name: z.string(), content: z.string() }))
    .describe('What the bot said or played where there was no media engine; the last hundred.'),
});

export type CallRecord = z.infer<typeof callRecordSchema>;
export type LegOfRecord = CallRecord['legs'][number];
export type TransferOfRecord = CallRecord['transfers'][number];

export function callRecordJsonSchema(): object {
  return { ...z.toJSONSchema(callRecordSchema, { io: 'input' }), title: 'Call detail record of durable-calls' };
}
