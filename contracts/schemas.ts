import { z } from 'zod';
import { hasLineBreak, headerFaults } from './header-policy';
import { TRANSFER_LIMITS } from './transfer';

const singleLine = (maxLength: number): z.ZodString =>
  z
    .string()
    .max(maxLength)
    .refine((text) => !hasLineBreak(text), 'contains CR, LF or NUL');

const headersSchema = z.array(z.object({ name: z.string(), value: z.string() })).superRefine((headers, context) => {
  for (const fault of headerFaults(headers)) {
    const [, index, field] = /^\[(\d+)\]\.(\w+)$/.exec(fault.path) ?? [];
    const path = index === undefined || field === undefined ? [] : [Number(index), field];
    context.addIssue({ code: 'custom', path, message: fault.message });
  }
});

const referredBySchema = singleLine(1000).regex(/^(sips?|tel):[^\s<>"?;]+$/i, 'is not a sip:, sips: or tel: URI');

/** `activityParams` of `transfer` and `handover`. Unknown members are tolerated. Source: VoiceAI Connect, "Transferring the call". */
export const transferParamsSchema = z.object({
  transferTarget: z.string().max(2000),
  handoverReason: singleLine(2000).optional(),
  transferSipHeaders: headersSchema.default([]),
  transferReferredByURL: referredBySchema.optional(),
  transferNotifications: z.boolean().default(false),
  transferNotificationsHangupMS: z
    .int()
    .min(0)
    .max(TRANSFER_LIMITS.maxHangupMs)
    .default(TRANSFER_LIMITS.defaultHangupMs),
});

/** `activityParams` of `hangup`. */
export const hangupParamsSchema = z.object({ hangupReason: singleLine(2000).optional() });

/** Activities that a bot may send. */
export const BOT_ACTIVITY_NAMES = ['transfer', 'handover', 'hangup'] as const;

/** The envelope of a Bot API activity; its parameters are read by name. `type` and `name` compare without case. */
export const activitySchema = z.object({
  id: z.string().min(1).max(200).optional(),
  type: z.string().toLowerCase().pipe(z.literal('event', 'must be "event"')),
  name: z.string().toLowerCase().pipe(z.enum(BOT_ACTIVITY_NAMES)),
  activityParams: z.record(z.string(), z.unknown()).default({}),
  sessionParams: z.record(z.string(), z.unknown()).default({}),
});

/** The most activities in one payload. */
export const MAX_ACTIVITIES = 20;

/** One activity, a list of them, or `{activities: [...]}`. */
export const activitiesSchema = z.preprocess((payload) => {
  if (Array.isArray(payload)) return payload as unknown[];
  const listed = typeof payload === 'object' && payload !== null && 'activities' in payload;
  return listed ? payload.activities : [payload];
}, z.array(z.unknown()).min(1).max(MAX_ACTIVITIES));
