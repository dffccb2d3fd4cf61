import { z } from 'zod';
import { describeIssue } from '../contracts/zod-faults';

const SECRET_HINTS: Readonly<Record<string, string>> = {
  secret: 'secrets are not kept here: set DRACHTIO_SECRET or DRACHTIO_SECRET_FILE',
  token: 'secrets are not kept here: set tokenFile or an environment variable, see examples/durable-calls.yaml',
  password: 'secrets are not kept here: set passwordFile or DURABLE_CALLS_PASSWORD_<TRUNK>',
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
