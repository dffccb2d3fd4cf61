import { readOptionalSecret } from './environment';
import type { ConfigFault } from './faults';
import type { Placed } from './settings';

/** What the token for a bot is found by. */
interface TokenOwner {
  botId: string;
  connector?: { tokenFile?: string };
}

/** @returns the environment variable that holds the token for the bot of a channel */
export function connectorTokenVariable(botId: string): string {
  return `DURABLE_CALLS_CONNECTOR_TOKEN_${botId.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/** Tokens that are given but cannot be read. */
export function connectorTokenFaults(channels: readonly Placed<TokenOwner>[], env: NodeJS.ProcessEnv): ConfigFault[] {
  return channels.flatMap((channel) => {
    const secret = readToken(channel, env, ['channels', channel.at, 'connector', 'tokenFile']);
    return 'fault' in secret ? [secret.fault] : [];
  });
}

/** The bearer token for a channel's bot, read anew each time: a secret file may have changed. Undefined without a readable one. */
export function connectorToken(channel: TokenOwner | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (!channel) return undefined;
  const secret = readToken(channel, env, []);
  return 'fault' in secret ? undefined : secret.value;
}

function readToken(
  { botId, connector }: TokenOwner,
  env: NodeJS.ProcessEnv,
  path: readonly PropertyKey[]
): ReturnType<typeof readOptionalSecret> {
  if (!connector) return { value: undefined };
  const file = connector.tokenFile === undefined ? undefined : { name: connector.tokenFile, path };
  return readOptionalSecret(connectorTokenVariable(botId), file, env);
}
