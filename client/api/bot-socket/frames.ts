import { z } from 'zod';
import { dialectNamed } from '../../../contracts/dialects';
import type { ActivityReceipt, BotTimeline, BotTimelineEntry } from '../../../contracts/messages';
import { doubledNames } from '../../../contracts/json-text';
import { describeIssue, faultsOf } from '../../../contracts/zod-faults';
import type { Problem } from '../problem';
import { invalidRequest, plainProblem } from '../problem';

/** The longest frame that a bot may send, in bytes: that of a request's body. */
export const MAX_FRAME_BYTES = 64 * 1024;

const conversation = z.string().max(64);

/** What a bot sends. Unknown members are tolerated. */
const botFrameSchema = z.discriminatedUnion(
  'type',
  [
    z.object({
      type: z.literal('activities'),
      /** Of a socket for a whole channel. */
      conversation: conversation.optional(),
      /** Comes back with the answer. */
      ref: z.string().max(200).optional(),
      /** What a POST of activities takes. */
      payload: z.unknown(),
    }),
    z.object({
      type: z.literal('subscribe'),
      /** Of each conversation that is not over, the `lastEventId` that was heard last. */
      after: z.record(conversation, z.int().min(0)).default({}),
      /** Conversations that ended since then are told too, ISO 8601. */
      since: z.iso.datetime({ offset: true }).optional(),
    }),
  ],
  {
    error: ({ input }) =>
      typeof input === 'object' && input !== null ? 'must be "activities" or "subscribe"' : undefined,
  }
);

const refSchema = z.object({ ref: z.string().max(200) });

export type BotFrame = z.output<typeof botFrameSchema>;
export type Subscription = Extract<BotFrame, { type: 'subscribe' }>;
export type SentActivities = Extract<BotFrame, { type: 'activities' }>;

/** What a bot hears. `body`: what its webhook would be sent. */
export type ServerFrame =
  | { type: 'subscribed'; at: string }
  | { type: 'event'; conversation: string; lastEventId: number; body: unknown }
  | { type: 'end'; conversation: string }
  | { type: 'receipts'; ref?: string; conversation: string; activities: ActivityReceipt[] }
  | { type: 'problem'; ref?: string; conversation?: string; problem: Problem };

/** @returns what is wrong with it together with its `ref`, where it has one */
export function readFrame(text: string): { frame: BotFrame } | { problem: Problem; ref?: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (err) {
    return { problem: plainProblem(400, `the frame is not JSON: ${(err as Error).message}`) };
  }
  const doubled = doubledNames(text);
  if (doubled.length > 0) return { problem: invalidRequest(doubled), ...refOf(value) };
  const parsed = botFrameSchema.safeParse(value, { error: describeIssue });
  return parsed.success ? { frame: parsed.data } : { problem: invalidRequest(faultsOf(parsed.error)), ...refOf(value) };
}

function refOf(value: unknown): { ref?: string } {
  const parsed = refSchema.safeParse(value);
  return parsed.success ? parsed.data : {};
}

/** An event in the bot's words; none where its framework has no word for it. */
export function eventFrames(
  callId: string,
  { n, event }: BotTimelineEntry,
  { dialect = 'bot-api', language = 'en-US', sendEventsToBot = [] }: Partial<BotTimeline>
): ServerFrame[] {
  const bodies = dialectNamed(dialect).tell({ id: callId, language, sendEventsToBot }, [event]);
  return bodies.map((body) => ({ type: 'event', conversation: callId, lastEventId: n, body }));
}
