import { z } from 'zod';
import { DEFAULT_REFER_REFUSED_WITH, TRANSFER_METHOD_CHOICES } from '../contracts/transfer';
import { DENIED_BY_DEFAULT } from '../contracts/transfer-target';
import { headerNameSchema, hostAndPortSchema, nameSchema, patternSchema } from './schema-values';
import { parseSource } from './sources';
import { referProfileSchema, targetTimersSchema, transferTimersSchema } from './transfer-schema';

const sourceSchema = z
  .string()
  .refine((text) => parseSource(text) !== undefined, 'is not an IP address or CIDR range (as in 10.0.0.0/8)');

/** A SIP trunk. Editors show the descriptions. */
export const trunkSchema = z.strictObject({
  id: nameSchema.describe('Name of the trunk in channels, records, logs and commands.'),
  login: z
    .string()
    .regex(/^\+?[^\s@+]{1,64}$/, 'is not a number or name that can be dialled (as in "+4930123")')
    .describe('The dialled number that belongs to the trunk, in quotes; compares with and without a leading "+".'),
  sources: z
    .array(sourceSchema)
    .min(1, 'is empty (list where the trunk sends from)')
    .describe('IP addresses and CIDR ranges that the trunk sends from. Others are answered with 403.'),
  host: hostAndPortSchema
    .exactOptional()
    .describe('Where transfer targets given as a number or tel: URI go, host or host:port.'),
  allowTargets: z
    .array(patternSchema)
    .exactOptional()
    .describe('Patterns, one of which a transfer target must match: hosts, numbers, groups or regular expressions.'),
  denyTargets: z
    .array(patternSchema)
    .default([...DENIED_BY_DEFAULT])
    .describe('Patterns, none of which a transfer target may match.'),
  passHeaders: z
    .array(headerNameSchema)
    .default([])
    .describe('Header fields passed on from the INVITE of the caller to that of the bot.'),
  ringTimeoutMs: z
    .int()
    .min(5_000)
    .max(180_000)
    .default(60_000)
    .describe('How long a transfer target may ring, in ms.'),
  transferMethod: z
    .enum(TRANSFER_METHOD_CHOICES)
    .default('refer')
    .describe(
      'How transfers go when the bot does not say; auto: refer, then invite when the peer will not take REFER.'
    ),
  referRefusedWith: z
    .array(z.int().min(400).max(699))
    .default([...DEFAULT_REFER_REFUSED_WITH])
    .describe('With auto: answers to a REFER that lead to the INVITE besides 405, 420, 489 and 501.'),
  lateOffer: z
    .boolean()
    .default(false)
    .describe('The target of a transfer by INVITE is called without an offer and makes it itself.'),
  transferTimers: transferTimersSchema.exactOptional().describe('More timers of a transfer, in ms.'),
  targetTimers: targetTimersSchema
    .exactOptional()
    .describe('Other timers for some targets; the first pattern that fits a target counts.'),
  refer: referProfileSchema.exactOptional().describe('How the peers of the trunk take REFER.'),
  maxCallMs: z
    .int()
    .min(1_000)
    .max(24 * 3_600_000)
    .default(4 * 3_600_000)
    .describe('A call is ended when it has lasted this long, in ms.'),
});
