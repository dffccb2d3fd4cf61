import { cancellationSignal } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { z } from 'zod';
import { payloadFault } from '../../contracts/payload-limits';
import type { BotRefusal, ConnectorActivities, ConnectorOfCall, CreatedConversation } from '../../contracts/connector';
import type { EdgeReader } from '../bot/edge-reader';
import { saidBy } from '../bot/edge-reader';
import { heartbeating } from '../heartbeating';
import type { Log } from '../log';
import { askBot, unreachable } from './ask-bot';
import { activitiesSchema, createdSchema, disconnectedSchema } from './bot-answers';
import { ForbiddenUrl, resolveBotUrl, resolveWebSocketUrl } from './bot-url';
import { holdConversation } from './hold-conversation';

export interface ConnectorOptions {
  client: Pick<Client, 'workflow'>;
  /** The bearer token of a bot; undefined for one that asks for none. */
  tokenOf: (botId: string) => string | undefined;
  log: Pick<Log, 'warn'>;
  /** Reads what bots say. Default: it is left to the calls. */
  reader?: EdgeReader;
  /** The worker stops: conversations are for another one to hold. */
  stopping?: AbortSignal;
}

/** The engine as the client of bots of the Bot API, in chat mode. Source: AudioCodes Bot API, HTTP mode. */
export function createConnectorActivities({
  client,
  tokenOf,
  log,
  reader,
  stopping,
}: ConnectorOptions): ConnectorActivities {
  const post = <Answer>(
    { botId, timeoutMs }: { botId: string; timeoutMs: number },
    url: string,
    body: object,
    answer: z.ZodType<Answer>
  ): Promise<Answer> =>
    heartbeating(() =>
      askBot({ method: 'POST', url, token: tokenOf(botId), body, timeoutMs, answer }, cancellationSignal())
    );
  return {
    createConversation: async ({ botId, conversation, connector, id, timestamp }) => {
      const { url, bot, offersWebSocket, deadlineMs } = connector;
      const capabilities = offersWebSocket ? { capabilities: ['websocket'] } : {};
      const body = { conversation, id, timestamp, bot, ...capabilities };
      // Some bots refuse a repeat while the first is under way or done, so a slow one has all the time that there is.
      const created = await post({ botId, timeoutMs: deadlineMs }, url, body, createdSchema);
      return absolute(created, connector);
    },
    postActivities: async (input) => {
      const { url, conversation, activities } = input;
      const answer = await post(input, url, { conversation, activities }, activitiesSchema);
      const { activities: answered = [] } = answer;
      const fault = payloadFault(answered);
      if (fault) throw unreachable(`the bot's answer ${fault.message}`);
      if (input.takesReadings !== true || answered.length === 0) return answered;
      return { said: await saidBy(reader, conversation, [{ activities: answered }]) };
    },
    holdConversation: (input) =>
      holdConversation(input, {
        ...{ client, token: () => tokenOf(input.botId), log },
        ...(reader ? { reader } : {}),
        ...(stopping ? { stopping } : {}),
      }),
    disconnectConversation: async (input) => {
      const { url, conversation, reason, reasonCode } = input;
      try {
        await post(input, url, { conversation, reason, reasonCode }, disconnectedSchema);
      } catch (err) {
        if (!isUnknown(err)) throw err;
      }
    },
  };
}

function absolute(
  created: z.output<typeof createdSchema>,
  { url, allowOrigins, offersWebSocket }: ConnectorOfCall
): CreatedConversation {
  const { activitiesURL, refreshURL, disconnectURL, websocketURL, expiresSeconds } = created;
  const resolved = (named: string): string => resolveBotUrl(named, url, allowOrigins);
  try {
    return {
      activitiesUrl: resolved(activitiesURL),
      ...(refreshURL === undefined ? {} : { refreshUrl: resolved(refreshURL) }),
      ...(disconnectURL === undefined ? {} : { disconnectUrl: resolved(disconnectURL) }),
      ...(websocketURL === undefined || !offersWebSocket
        ? {}
        : { webSocketUrl: resolveWebSocketUrl(websocketURL, url, allowOrigins) }),
      ...(expiresSeconds === undefined ? {} : { expiresS: expiresSeconds }),
    };
  } catch (err) {
    throw err instanceof ForbiddenUrl ? unreachable(err.message, true) : err;
  }
}

/** Not Found, Gone. */
function isUnknown(err: unknown): boolean {
  const { status } = refusalOf(err);
  return status === 404 || status === 410;
}

function refusalOf(err: unknown): BotRefusal {
  if (!(err instanceof ApplicationFailure)) return {};
  const [refusal] = (err.details ?? []) as BotRefusal[];
  return refusal ?? {};
}
