import { z } from 'zod';
import { CALLER_IDS } from '../contracts/outbound-trunk';
import { DEFAULT_REFER_REFUSED_WITH, TRANSFER_METHOD_CHOICES } from '../contracts/transfer';
import { DENIED_BY_DEFAULT } from '../contracts/transfer-target';
import { headerNameSchema, hostAndPortSchema, nameSchema, patternSchema } from './schema-values';
import { parseSource } from './sources';
import { referProfileSchema, targetTimersSchema, transferTimersSchema } from './transfer-schema';

const NO_SOURCE = 'is not an IP address or CIDR range (as in 10.0.0.0/8)';

const sourceSchema = z
  .string()
  .regex(/^[0-9A-Fa-f:.]+(?:\/\d{1,3})?$/, { error: NO_SOURCE, abort: true })
  .refine((text) => parseSource(text) !== undefined, NO_SOURCE);

const registerSchema = z
  .strictObject({
    expiresS: z.int().min(10).max(86_400).default(600).describe('How long a registration is to hold, in seconds.'),
    retryMinS: z.number().min(0.1).max(3_600).default(30).describe('Shortest wait after a failure, in seconds.'),
    retryMaxS: z.number().min(0.1).max(86_400).default(1_800).describe('Longest wait after failures, in seconds.'),
  })
  .refine(({ retryMinS, retryMaxS }) => retryMinS <= retryMaxS, {
    path: ['retryMaxS'],
    error: 'is shorter than retryMinS (change one of them)',
  });

/** A SIP trunk. Editors show the descriptions. */
export const trunkSchema = z.strictObject({
  id: nameSchema.describe('Name of the trunk in channels, records, logs and commands.'),
  login: z
    .string()
    .regex(/^\+?[^\s@+%"<>,;:?\\]{1,64}$/, 'is not a number or name that can be dialled (as in "+4930123")')
    .describe('The dialled number that belongs to the trunk, in quotes; compares with and without a leading "+".'),
  sources: z
    .array(sourceSchema)
    .min(1, 'is empty (list where the trunk sends from)')
    .exactOptional()
    .describe(
      'IP addresses and CIDR ranges that the trunk sends from; default: those of host, backupHosts and outboundProxy that are addresses.'
    ),
  host: hostAndPortSchema
    .exactOptional()
    .describe('Where the trunk registers and numbers go, host or host:port. Its host is the domain of the login.'),
  backupHosts: z
    .array(hostAndPortSchema)
    .max(5)
    .default([])
    .describe('Hosts that stand in for host, in order: for REGISTER and calls when it does not answer or answers 503.'),
  outboundProxy: hostAndPortSchema
    .exactOptional()
    .describe(
      'REGISTER, OPTIONS and calls go there first, host or host:port. Of a trunk without a host: numbers are called there.'
    ),
  failoverMs: z
    .int()
    .min(500)
    .max(30_000)
    .default(5_000)
    .describe('A host that says nothing to a call for so long is passed over for the next of backupHosts, in ms.'),
  callerId: z
    .enum(CALLER_IDS)
    .exactOptional()
    .describe(
      'Who stands in From of calls out, login or caller; P-Asserted-Identity has the other. Default: login where the trunk registers.'
    ),
  transport: z
    .enum(['udp', 'tcp', 'tls'])
    .default('udp')
    .describe('Transport to host, backupHosts and outboundProxy; tls: the SIP server must listen for it as well.'),
  authUser: z
    .string()
    .min(1)
    .max(128)
    .exactOptional()
    .describe('User name for authentication; default: the login as written.'),
  passwordFile: z
    .string()
    .min(1)
    .exactOptional()
    .describe('File that holds the password; DURABLE_CALLS_PASSWORD_<TRUNK> goes before it.'),
  register: registerSchema.exactOptional().describe('The trunk registers; {} takes the defaults.'),
  incoming: z.boolean().default(true).describe('The trunk takes calls; false: they are answered with 403.'),
  requireRegistered: z
    .boolean()
    .default(false)
    .describe('Calls are taken while the trunk is registered only; else they are answered with 480.'),
  maxCalls: z
    .int()
    .min(1)
    .max(100_000)
    .exactOptional()
    .describe(
      'Calls that may come in over the trunk at a time on this node; beyond, they are answered with 486. Transfers out over it are not counted: leave them room.'
    ),
  keepAliveS: z
    .int()
    .min(1)
    .max(3_600)
    .exactOptional()
    .describe('OPTIONS are sent so often, in seconds; what they tell is the state of the trunk.'),
  preserveTelUri: z
    .boolean()
    .default(false)
    .describe('Numbers as targets go into Refer-To as tel: URIs, and not as sip: URIs at host or at ourselves.'),
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
