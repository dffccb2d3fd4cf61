import { z } from 'zod';
import { isHeaderName, isOwnedHeader } from '../contracts/header-policy';
import { readTarget } from '../contracts/transfer-target';
import { describeIssue } from '../contracts/zod-faults';
import { parseSource } from './sources';

const HOST_AND_PORT = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?$/;
const MAX_PORT = 65_535;

const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 of A-Z, a-z, 0-9, ".", "_" and "-" (rename it)');

const hostSchema = z.string().min(1, 'is empty (give a host name or an IP address)');

const httpUrlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http: or https: URL (as in http://127.0.0.1:5071/events)' })
  .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), 'holds a user or password (leave them out)');

const patternSchema = z
  .string()
  .refine(isPattern, 'is not a regular expression (correct it; JavaScript syntax, written in single quotes)');

const headerNameSchema = z
  .string()
  .refine(isHeaderName, 'is not a SIP header name (as in X-Customer)')
  .refine((name) => !isOwnedHeader(name), 'is set by the engine or the SIP stack (leave it out)');

const trunkSchema = z.strictObject({
  id: nameSchema,
  login: z.string().regex(/^\+?[^\s@+]{1,64}$/, 'is not a number or name that can be dialled (as in "+4930123")'),
  sources: z
    .array(
      z
        .string()
        .refine((text) => parseSource(text) !== undefined, 'is not an IP address or CIDR range (as in 10.0.0.0/8)')
    )
    .min(1, 'is empty (list where the trunk sends from)'),
  host: z.string().regex(HOST_AND_PORT, 'must be host or host:port (as in 127.0.0.1:5060)').exactOptional(),
  allowTargets: z.array(patternSchema).exactOptional(),
  passHeaders: z.array(headerNameSchema).default([]),
  ringTimeoutMs: z.int().min(5_000).max(180_000).default(60_000),
  maxCallMs: z
    .int()
    .min(1_000)
    .max(24 * 3_600_000)
    .default(4 * 3_600_000),
});

const sipUriSchema = z.string().refine(isSipUri, 'must be a sip: URI (as in sip:bot@127.0.0.1:5070)');

const channelSchema = z.strictObject({
  botId: nameSchema,
  trunk: z.string(),
  leg: sipUriSchema.exactOptional(),
  mediaUri: sipUriSchema.exactOptional(),
  takesDtmf: z.boolean().default(false),
  webhook: httpUrlSchema.exactOptional(),
  tokenFile: z.string().min(1).exactOptional(),
  presets: z.record(z.string(), z.unknown()).default({}),
});

/** The file's shape; what holds between settings is checked in `checks.ts`. */
export const configSchema = z.strictObject({
  node: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 of a-z, 0-9 and "-" (rename the node)')
    .default('local'),
  sipServer: z
    .strictObject({
      host: hostSchema.default('127.0.0.1'),
      port: z.int().min(1).max(MAX_PORT).default(9022),
    })
    .prefault({}),
  api: z
    .strictObject({
      host: hostSchema.default('127.0.0.1'),
      port: z.int().min(0).max(MAX_PORT).default(8080),
      publicUrl: httpUrlSchema.transform((url) => url.replace(/\/+$/, '')).exactOptional(),
      tokenFile: z.string().min(1).exactOptional(),
      rateLimit: z
        .strictObject({
          perSecond: z.number().min(0.1).max(100_000).default(50),
          burst: z.int().min(1).max(100_000).default(100),
        })
        .prefault({}),
    })
    .prefault({}),
  records: z.strictObject({ folder: z.string().min(1).default('.data/records') }).prefault({}),
  trunks: z.array(trunkSchema).min(1, 'is empty (describe at least one trunk)'),
  channels: z.array(channelSchema).min(1, 'is empty (describe at least one channel)'),
});

export type FileConfig = z.output<typeof configSchema>;
export type TrunkEntry = FileConfig['trunks'][number];
export type ChannelEntry = FileConfig['channels'][number];

const SECRET_HINTS: Readonly<Record<string, string>> = {
  secret: 'secrets are not kept here: set DRACHTIO_SECRET or DRACHTIO_SECRET_FILE',
  token: 'secrets are not kept here: set tokenFile or an environment variable, see examples/durable-calls.yaml',
};

/** Words for zod's issues, with what to do. */
export function describeConfigIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'unrecognized_keys') return `is not a setting (${unknownKeyHint(issue)})`;
  const message = describeIssue(issue);
  if (message === undefined || issue.code !== 'invalid_type') return message && `${message} (change it)`;
  if (issue.input === undefined) return `${message} (add it)`;
  const isUnquoted =
    issue.expected === 'string' && (typeof issue.input === 'number' || typeof issue.input === 'boolean');
  return isUnquoted ? `${message} (write it in quotes)` : `${message} (change it)`;
}

function unknownKeyHint(issue: z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys>): string {
  const secret = issue.keys.map((key) => SECRET_HINTS[key]).find((hint) => hint !== undefined);
  if (secret !== undefined) return secret;
  const known = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
  return `known here: ${known.join(', ')}`;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'i') instanceof RegExp;
  } catch {
    return false;
  }
}

function isSipUri(text: string): boolean {
  return /^sip:/i.test(text) && 'target' in readTarget(text, { allowTargets: [''] });
}
