import { botApi } from './bot-api';
import { botFramework } from './bot-framework';
import { copilotLegacy, copilotStudio, isHandoff } from './copilot';
import type { Dialect, DialectName, SpokenActivities } from './dialect';
import { isObject, some, typeOf } from './dialect';
import { dialogflowCx, dialogflowEs } from './dialogflow';
import { jaicp } from './jaicp';

export type { Dialect, DialectName, SpokenActivity } from './dialect';
export { DIALECT_NAMES, ownPath } from './dialect';

const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  'bot-api': botApi,
  'bot-framework': botFramework,
  'copilot-studio': copilotStudio,
  'copilot-legacy': copilotLegacy,
  'dialogflow-cx': dialogflowCx,
  'dialogflow-es': dialogflowEs,
  jaicp,
};

/** In this order: a later one also recognises some of what an earlier one says. */
const BY_FORM = [jaicp, dialogflowCx, botFramework, copilotStudio];

export function dialectNamed(name: DialectName): Dialect {
  return DIALECTS[name];
}

/**
 * Reads a payload in whatever framework's form it has: operators and other callers of the API need not know which one a bot speaks.
 * @param own the bot's dialect, which decides where the form does not
 */
export function readPayload(payload: unknown, own: DialectName = 'bot-api'): SpokenActivities {
  return dialectOf(payload, own).read(payload);
}

/**
 * True for the body of an answer to events in which a bot asks for something. Webhooks answer with all kinds of things: `{}` and
 * `{"status": "ok"}` ask for nothing.
 */
export function isAnswer(body: unknown, own: DialectName = 'bot-api'): boolean {
  const isListed = isObject(body) && Array.isArray(body['activities']) && body['activities'].length > 0;
  return (
    isListed ||
    isBotApi(body) ||
    [DIALECTS[own], ...BY_FORM].some((dialect) => dialect !== botApi && dialect.recognises(body))
  );
}

function dialectOf(payload: unknown, own: DialectName): Dialect {
  if (own === 'bot-framework' && some(payload, isHandoff)) return copilotStudio;
  const mine = own === 'bot-api' ? undefined : DIALECTS[own];
  const byForm = [mine, ...BY_FORM].find((dialect) => dialect?.recognises(payload));
  if (byForm !== undefined) return byForm;
  if (mine !== undefined && (mine.takesBotApi === true || !isBotApi(payload))) return mine;
  return botApi;
}

function isBotApi(payload: unknown): boolean {
  return some(payload, (activity) => ['event', 'message', 'config'].includes(typeOf(activity)));
}
