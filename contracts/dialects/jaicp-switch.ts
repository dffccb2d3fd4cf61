import { z } from 'zod';
import { TRANSFER_LIMITS } from '../transfer';
import { describeIssue, faultsOf } from '../zod-faults';
import type { SpokenActivities } from './dialect';
import { spoken } from './dialect';

const SECONDS = { min: TRANSFER_LIMITS.minTimeoutMs / 1000, max: TRANSFER_LIMITS.maxTimeoutMs / 1000 };

/** System headers of the call: a script that sets one of them is not heard. Source: JAICP, "SIP headers". */
const SYSTEM_HEADERS = new Set(['call-id', 'cseq', 'contact', 'from', 'max-forwards', 'refer-to', 'to', 'via']);

const textOrNumber = z.union([z.string(), z.number()], { error: 'must be a string' });

/** How long the operator's telephone rings, in seconds; scripts give it as text. */
const timeoutSchema = textOrNumber
  .transform((text) => (String(text).trim() === '' ? undefined : Number(text)))
  .refine((seconds) => seconds === undefined || !Number.isNaN(seconds), {
    error: 'is not a number of seconds',
    abort: true,
  })
  .refine((seconds) => seconds === undefined || (seconds >= SECONDS.min && seconds <= SECONDS.max), {
    error: `must be ${SECONDS.min} to ${SECONDS.max} seconds`,
  });

/** Members of a `switch` that a telephone has a use for, and the chat's phrases, which come as one or as a list. */
const switchSchema = z
  .object({
    id: z.string().optional(),
    phoneNumber: textOrNumber.optional(),
    sipUri: z.string().optional(),
    timeout: timeoutSchema.optional(),
    headers: z.record(z.string(), textOrNumber, { error: 'must be an object of names and values' }).default({}),
    // What is no name of a channel is no fault: the transfer goes over the trunk of the call then.
    transferChannel: z.unknown().optional(),
    transferCall: z.unknown().optional(),
    continueCall: z.boolean().optional(),
    continueRecording: z.boolean().optional(),
    closeChatPhrases: z
      .union([z.string(), z.array(z.string())], { error: 'must be a string or a list of strings' })
      .optional(),
    firstMessage: z.string().optional(),
    lastMessage: z.string().optional(),
    delay: z.unknown().optional(),
  })
  .refine(({ phoneNumber, sipUri }) => (phoneNumber === undefined) !== (sipUri === undefined), {
    path: ['phoneNumber'],
    error: 'must be given, or sipUri, and not both',
  });

type Switch = z.output<typeof switchSchema>;

/** Reads a `switch`: the caller goes to an operator. With `continueCall` the bot hears how it went and may have the caller back. */
export function fromSwitch(reply: Record<string, unknown>, path: readonly PropertyKey[]): SpokenActivities {
  const parsed = switchSchema.safeParse(withoutNulls(reply), { error: describeIssue });
  if (!parsed.success) return { faults: faultsOf(parsed.error, path) };
  const { id, delay } = parsed.data;
  const headers = headersOf(parsed.data);
  const envelope = { ...(id === undefined ? {} : { id }), ...(delay === undefined ? {} : { delay }) };
  const activity = { ...envelope, type: 'event', name: 'transfer', activityParams: paramsOf(parsed.data, headers) };
  return { activities: [spoken(activity, path, wordsOf(parsed.data, headers))] };
}

/** A member that is null was not given. */
function withoutNulls(reply: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(reply).filter(([, value]) => value !== null));
}

function headersOf({ headers }: Switch): { name: string; value: string }[] {
  return Object.entries(headers)
    .filter(([name]) => !SYSTEM_HEADERS.has(name.toLowerCase()))
    .map(([name, value]) => ({ name, value: String(value) }));
}

function paramsOf(
  { phoneNumber, sipUri = '', timeout, transferChannel, transferCall, continueCall }: Switch,
  transferSipHeaders: { name: string; value: string }[]
): Record<string, unknown> {
  const channel = transferChannel ?? transferCall;
  return {
    transferTarget: phoneNumber === undefined ? withScheme(sipUri) : String(phoneNumber),
    ...(timeout === undefined ? {} : { transferTimeoutMS: Math.round(timeout * 1000) }),
    ...(transferSipHeaders.length === 0 ? {} : { transferSipHeaders }),
    ...(channel === undefined ? {} : { transferChannel: channel }),
    ...(continueCall === undefined ? {} : { continueCall }),
    ...(continueCall === true ? { transferNotifications: true } : {}),
  };
}

function wordsOf(
  { phoneNumber, transferChannel }: Switch,
  headers: { name: string }[]
): Record<string, readonly PropertyKey[]> {
  const ofHeaders = headers.flatMap(({ name }, i) =>
    ['name', 'value'].map((part) => [`activityParams.transferSipHeaders.${i}.${part}`, ['headers', name]] as const)
  );
  return {
    'activityParams.transferTarget': [phoneNumber === undefined ? 'sipUri' : 'phoneNumber'],
    'activityParams.transferTimeoutMS': ['timeout'],
    'activityParams.transferSipHeaders': ['headers'],
    ...Object.fromEntries(ofHeaders),
    'activityParams.transferChannel': [transferChannel === undefined ? 'transferCall' : 'transferChannel'],
    'activityParams.continueCall': ['continueCall'],
    'activityParams.transferNotifications': ['continueCall'],
  };
}

function withScheme(uri: string): string {
  return /^(sips?|tel):/i.test(uri) ? uri : `sip:${uri}`;
}
