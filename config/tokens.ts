import { readOptionalSecret } from './environment';
import type { ConfigFault } from './faults';
import type { ChannelEntry } from './schema';
import type { Placed } from './settings';

/** Bearer tokens of the API. None at all: it asks for none, and may listen on loopback only. */
export interface ApiTokens {
  /** The operator's: reaches every call. */
  token?: string;
  /** Those of bots, which reach the calls of their own channel. */
  channelTokens: ChannelToken[];
}

export interface ChannelToken {
  botId: string;
  token: string;
}

interface Found {
  token: string;
  /** Absent: the operator's. */
  botId?: string;
}

const OPERATOR_VARIABLE = 'DURABLE_CALLS_API_TOKEN';

/** @returns the environment variable that holds the token of a bot channel */
export function channelTokenVariable(botId: string): string {
  return `DURABLE_CALLS_TOKEN_${botId.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/** Reads every token; a variable of the environment goes before a file. @param operatorFile file with the token of the operator */
export function readApiTokens(
  operatorFile: string | undefined,
  channels: readonly Placed<Pick<ChannelEntry, 'botId' | 'tokenFile'>>[],
  env: NodeJS.ProcessEnv
): ApiTokens & { faults: ConfigFault[] } {
  const found: Found[] = [];
  const faults: ConfigFault[] = [];
  const take = (variable: string, file: string | undefined, path: readonly PropertyKey[], botId?: string): void => {
    const secret = readOptionalSecret(variable, file === undefined ? undefined : { name: file, path }, env);
    if ('fault' in secret) faults.push(secret.fault);
    else if (secret.value !== undefined) {
      const twin = found.find(({ token }) => token === secret.value);
      if (twin) faults.push(sharedFault(twin, (env[variable] ?? '') === '' ? { path } : { env: variable }));
      found.push({ token: secret.value, ...(botId === undefined ? {} : { botId }) });
    }
  };
  take(OPERATOR_VARIABLE, operatorFile, ['api', 'tokenFile']);
  for (const { at, botId, tokenFile } of channels)
    take(channelTokenVariable(botId), tokenFile, ['channels', at, 'tokenFile'], botId);
  const operator = found.find(({ botId }) => botId === undefined);
  const channelTokens = found.flatMap(({ botId, token }) => (botId === undefined ? [] : [{ botId, token }]));
  return { ...(operator ? { token: operator.token } : {}), channelTokens, faults };
}

function sharedFault({ botId }: Found, place: { path: readonly PropertyKey[] } | { env: string }): ConfigFault {
  const owner = botId === undefined ? 'the operator’s token' : `the token of channel ${botId}`;
  return { ...place, message: `is ${owner} too (give each its own)` };
}
