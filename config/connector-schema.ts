import { z } from 'zod';
import { httpUrlSchema } from './schema-values';

const originSchema = httpUrlSchema.refine(
  (url) => new URL(url).origin === url,
  'must be an origin (as in https://bots.example.com)'
);

/** A bot behind the AudioCodes Bot API in chat mode. */
export const connectorSchema = z
  .strictObject({
    url: httpUrlSchema.describe('URL of the bot.'),
    tokenFile: z.string().min(1).exactOptional().describe('File that holds the bearer token for the bot.'),
    bot: z.string().min(1).max(200).exactOptional().describe('Name of the bot at that URL. Default: the botId.'),
    websocket: z.boolean().default(true).describe('The bot may push what it says over a WebSocket.'),
    allowOrigins: z
      .array(originSchema)
      .exactOptional()
      .describe('Origins that the URLs of the bot may have besides its own; the token goes there too.'),
    timeoutMs: z.int().min(100).max(60_000).default(5_000).describe('For one request.'),
    deadlineMs: z
      .int()
      .min(500)
      .max(300_000)
      .default(15_000)
      .describe('How long a request is repeated before the bot counts as lost.'),
    failover: z
      .record(z.string(), z.unknown())
      .exactOptional()
      .describe(
        'When the bot is lost: parameters of a transfer, with transferTarget or transferTargets, and hangupReason for the end when there is no target or none answers. Default: the call ends.'
      ),
  })
  .describe('A bot that this engine calls by the Bot API in chat mode.');

export type ConnectorEntry = z.output<typeof connectorSchema>;
