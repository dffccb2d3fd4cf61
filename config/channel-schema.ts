import { z } from 'zod';
import { DIALECT_NAMES } from '../contracts/dialects';
import { languageTagSchema } from '../contracts/schemas';
import { connectorSchema } from './connector-schema';
import { httpUrlSchema, nameSchema, patternSchema, sipUriSchema } from './schema-values';

/** A bot and the trunk whose calls it takes. Editors show the descriptions. */
export const channelSchema = z.strictObject({
  botId: nameSchema.describe('Name of the bot channel; what transferChannel names.'),
  trunk: z.string().describe('id of the trunk whose calls the bot takes.'),
  leg: sipUriSchema.exactOptional().describe('sip: URI of the SIP leg of the bot.'),
  mediaUri: sipUriSchema
    .exactOptional()
    .describe('Of a bot without a leg: the announcement server or speech gateway that its caller is joined to.'),
  allowTargets: z
    .array(patternSchema)
    .exactOptional()
    .describe('Patterns, one of which a transfer target of this bot must match as well.'),
  denyTargets: z
    .array(patternSchema)
    .default([])
    .describe('More patterns, none of which a transfer target of this bot may match.'),
  attemptsPerHour: z
    .int()
    .min(1)
    .max(10_000)
    .exactOptional()
    .describe('Transfer attempts that the bot may make in an hour, over all calls and nodes; default: no limit.'),
  takesDtmf: z.boolean().default(false).describe('The digits of the caller (SIP INFO) are events of the bot.'),
  dialect: z
    .enum(DIALECT_NAMES)
    .exactOptional()
    .describe('The framework whose words the bot uses in events and activities. Default: bot-api.'),
  language: languageTagSchema.exactOptional().describe('Language tag of events for Dialogflow. Default: en-US.'),
  sendEventsToBot: z
    .array(z.enum(['conversationEnd']))
    .exactOptional()
    .describe('Events that Dialogflow hears only when they are listed.'),
  transferProgress: z.boolean().exactOptional().describe('The bot hears transferProgress while a target rings.'),
  webhook: httpUrlSchema.exactOptional().describe('Events of the call are POSTed here.'),
  connector: connectorSchema.exactOptional(),
  websocket: z
    .boolean()
    .exactOptional()
    .describe('The bot hears its events over a WebSocket of the API: it needs neither leg nor webhook.'),
  tokenFile: z.string().min(1).exactOptional().describe('File that holds the token of the bot for the API.'),
  presets: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Parameters of bot activities that stand when the bot does not give them.'),
});
