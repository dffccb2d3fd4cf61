import { readOptionalSecret } from './environment';
import type { ConfigFault } from './faults';
import type { FileConfig } from './schema';

/** Where call records are pushed to. */
export interface RecordPush {
  url: string;
  /** Sent as `Authorization: Bearer`. */
  token?: string;
}

const VARIABLE = 'DURABLE_CALLS_RECORDS_TOKEN';

export function readRecordPush(
  { push }: Pick<FileConfig['records'], 'push'>,
  env: NodeJS.ProcessEnv
): { push?: RecordPush } | { fault: ConfigFault } {
  if (!push) return {};
  const file =
    push.tokenFile === undefined ? undefined : { name: push.tokenFile, path: ['records', 'push', 'tokenFile'] };
  const secret = readOptionalSecret(VARIABLE, file, env);
  if ('fault' in secret) return secret;
  return { push: { url: push.url, ...(secret.value === undefined ? {} : { token: secret.value }) } };
}
