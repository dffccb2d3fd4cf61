import { z } from 'zod';
import { hasLineBreak, headerFaults } from './header-policy';
import { TRANSFER_LIMITS, TRANSFER_METHOD_CHOICES } from './transfer';

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

const referredBySchema = singleLine(1000).regex(/^(sips?|tel):[!#-:=@-~]+$/i, 'is not a sip:, sips: or tel: URI');

const targetSchema = z.string().max(2000);
const timeoutSchema = z.int().min(TRANSFER_LIMITS.minTimeoutMs).max(TRANSFER_LIMITS.maxTimeoutMs);
const methodSchema = z.enum(TRANSFER_METHOD_CHOICES);
/** A wrong one is no fault: the transfer goes over the trunk of the call then. */
const transferChannelSchema = z.unknown().meta({
  type: 'string',
  description: '`botId` of the channel over whose trunk it goes; default: the trunk of the call.',
});

/** One of `transferTargets`: a target, alone or with settings of its own. */
const plannedTargetSchema = z.preprocess(
  (planned) => (typeof planned === 'string' ? { transferTarget: planned } : planned),
  z.object({
    transferTarget: targetSchema,
    transferTimeoutMS: timeoutSchema.optional(),
    transferMethod: methodSchema.optional(),
    transferChannel: transferChannelSchema.optional(),
  })
);

/** `activityParams` of `transfer` and `handover`. Unknown members are tolerated. Source: VoiceAI Connect, "Transferring the call". */
export const transferParamsSchema = z.object({
  /** This or `transferTargets`. */
  transferTarget: targetSchema.optional(),
  transferTargets: z.array(plannedTargetSchema).min(1).max(TRANSFER_LIMITS.planTargets).optional(),
  transferPlanTimeoutMS: z.int().min(TRANSFER_LIMITS.minTimeoutMs).max(TRANSFER_LIMITS.maxPlanMs).optional(),
  handoverReason: singleLine(2000).optional(),
  transferSipHeaders: headersSchema.default([]),
  transferReferredByURL: referredBySchema.optional(),
  transferNotifications: z.boolean().default(false),
  transferMethod: methodSchema.optional(),
  transferChannel: transferChannelSchema.optional(),
  transferNotificationsHangupMS: z
    .int()
    .min(0)
    .max(TRANSFER_LIMITS.maxHangupMs)
    .default(TRANSFER_LIMITS.defaultHangupMs),
  transferTimeoutMS: timeoutSchema.optional(),
  continueCall: z.boolean().optional(),
});

/** `activityParams` of `hangup`. */
export const hangupParamsSchema = z.object({ hangupReason: singleLine(2000).optional() });

/** `activityParams` of `cancelTransfer`. */
export const cancelTransferParamsSchema = z.object({ cancelReason: singleLine(2000).optional() });

/** `activityParams` of `playUrl`. Source: VoiceAI Connect, play URL. */
export const playUrlParamsSchema = z.object({
  playUrlUrl: z
    .string()
    .min(1)
    .max(2000)
    .regex(/^(https?|data):/i, 'must be an http:, https: or data: URL'),
  playUrlFailureHandling: z.string().optional(),
});

/** `activityParams` of `sendDtmf`. Source: VoiceAI Connect, sending DTMF digits. */
export const sendDtmfParamsSchema = z.object({
  dtmfDigits: z.string().regex(/^[0-9*#]{1,20}$/, 'must be 1 to 20 of 0-9, * and #'),
});

/** Parameters of `sendMetaData`; the data is the activity's `value`. Source: VoiceAI Connect, sending metadata. */
export const sendMetaDataParamsSchema = z.object({
  sendMetaDataUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http: or https: URL', abort: true })
    .max(2000)
    .refine(
      (url) => !/^https?:[/\\]*[^/\\?#]*@/i.test(url),
      'has a user or a password: these would stand in the history of the call'
    )
    .optional(),
  sendMetadataAsSipInfo: z.boolean().default(false),
  sendMetaDataTimeoutMs: z.int().min(10).max(60_000).default(10_000),
});

/** The largest `value` of `sendMetaData` as JSON text, in characters: it must fit into a SIP message. */
export const MAX_META_DATA = 8_000;

/** Events that a bot may send, as they are written; names compare without case. */
export const BOT_ACTIVITY_NAMES = [
  'transfer',
  'handover',
  'cancelTransfer',
  'hangup',
  'playUrl',
  'sendDtmf',
  'sendMetaData',
  'config',
] as const;

/**
 * Events that other engines carry out with media or recording, which is not there: they are taken and have no effect, so that what stands
 * beside them is carried out. Source: the event names of VoiceAI Connect's Bot API.
 */
export const IGNORED_ACTIVITY_NAMES = [
  'playData',
  'abortPrompts',
  'expectAnotherBotMessage',
  'startRecognition',
  'stopRecognition',
  'startCallRecording',
  'stopCallRecording',
  'pauseCallRecording',
  'resumeCallRecording',
  'speakerVerificationCreateSpeaker',
  'speakerVerificationGetSpeakerStatus',
  'speakerVerificationDeleteSpeaker',
  'speakerVerificationEnroll',
  'speakerVerificationVerify',
] as const;

const EVENT_NAMES = [...BOT_ACTIVITY_NAMES, ...IGNORED_ACTIVITY_NAMES] as const;

/** The longest `delay` of an activity, in ms. */
export const MAX_DELAY_MS = 600_000;

/** A BCP 47 tag of a language, with a country or without. */
export const languageTagSchema = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'is not a language tag (as in en-US)');

/** Parameters that hold for the rest of the call: each is what it is to the activities that read it. Unknown ones are tolerated. */
export const sessionParamsSchema = z
  .object({
    ...transferParamsSchema.shape,
    ...hangupParamsSchema.shape,
    ...cancelTransferParamsSchema.shape,
    ...playUrlParamsSchema.shape,
    ...sendDtmfParamsSchema.shape,
    ...sendMetaDataParamsSchema.shape,
    /** Names of parameters: the bot hears `paramChanged` when one of them changes. Source: VoiceAI Connect, parameter changes. */
    notifyParamChange: z.array(z.string().min(1).max(200)).max(100),
    /** BCP 47 tag of later events. */
    language: languageTagSchema,
  })
  .partial();

const eventNameSchema = z
  .string()
  .transform((name) => EVENT_NAMES.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name)
  .pipe(z.enum(EVENT_NAMES, { error: `must be ${BOT_ACTIVITY_NAMES.join(' or ')}` }));

const activityBase = {
  id: z.string().min(1).max(200).optional(),
  activityParams: z.record(z.string(), z.unknown()).default({}),
  sessionParams: z.record(z.string(), z.unknown()).default({}),
  /** Ms after the activity before it, or after its arrival. */
  delay: z.int().min(0).max(MAX_DELAY_MS).default(0),
};

/** `type: "message"`: a text to say. */
const messageSchema = z.object({ ...activityBase, type: z.literal('message'), text: z.string().max(20_000) });

/** `type: "event"`: something to do. */
export const eventSchema = z.object({
  ...activityBase,
  type: z.literal('event'),
  name: eventNameSchema,
  value: z.unknown().optional(),
});

/** The envelope of a Bot API activity; its parameters are read by name. `type` and `name` compare without case; `config` may be the type. */
export const activitySchema = z.preprocess(
  (activity) => {
    if (typeof activity !== 'object' || activity === null || !('type' in activity)) return activity;
    const type = typeof activity.type === 'string' ? activity.type.toLowerCase() : activity.type;
    // Serialisers write null for what was not given.
    const given = Object.fromEntries(Object.entries(activity).filter(([, value]) => value !== null));
    return type === 'config' ? { ...given, type: 'event', name: 'config' } : { ...given, type };
  },
  z.discriminatedUnion('type', [messageSchema, eventSchema], {
    error: ({ input }) => (typeof input === 'object' && input !== null ? 'must be "event" or "message"' : undefined),
  })
);

/** The most activities in one payload. */
export const MAX_ACTIVITIES = 20;

/** One activity, a list of them, or `{activities: [...]}`. */
export const activitiesSchema = z.preprocess((payload) => {
  if (Array.isArray(payload)) return payload as unknown[];
  const listed = typeof payload === 'object' && payload !== null && 'activities' in payload;
  return listed ? payload.activities : [payload];
}, z.array(z.unknown()).min(1).max(MAX_ACTIVITIES));
