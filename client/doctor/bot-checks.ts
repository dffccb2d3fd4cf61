import { validateBot } from '../../activities/connector/validate-bot';
import type { ChannelConfig, Config } from '../../config/config';
import { connectorToken, connectorTokenVariable } from '../../config/connector-token';
import type { CheckResult } from './check';
import { fault, ok, reasonOf } from './check';

/** Asks the bots that the engine calls by the Bot API whether they are there. */
export function checkBots({ channels }: Pick<Config, 'channels'>, env: NodeJS.ProcessEnv): Promise<CheckResult[]> {
  return Promise.all(
    channels.flatMap((channel) => (channel.connector ? [checkBot(channel, channel.connector, env)] : []))
  );
}

async function checkBot(
  channel: ChannelConfig,
  connector: NonNullable<ChannelConfig['connector']>,
  env: NodeJS.ProcessEnv
): Promise<CheckResult> {
  const { botId } = channel;
  const name = `bot ${botId}`;
  try {
    await validateBot(connector, connectorToken(channel, env));
    return ok(name, `${connector.url} is a bot of the Bot API`);
  } catch (err) {
    const toDo = `start the bot, or correct connector.url and its token (${connectorTokenVariable(botId)} or connector.tokenFile)`;
    return fault(name, `${connector.url}: ${reasonOf(err)}`, toDo);
  }
}
