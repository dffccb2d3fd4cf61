import type { BotEvent } from '../bot-events';
import { fromFramework, toFramework } from './bot-framework';
import type { Conversation, Dialect, DialectName, SpokenActivity } from './dialect';
import { each, isObject, listedIn, some, spoken, typeOf } from './dialect';
import { paramsText } from './params-text';

/** The name of the event that "Transfer to agent" sends, and the context variable with its text. */
const HANDOFF_EVENT = 'handoff.initiate';
const AGENT_MESSAGE = 'va_AgentMessage';

/** The longest reason that a transfer takes. */
const MAX_REASON = 2000;

/**
 * Microsoft Copilot Studio: "Transfer to agent", whose message to the agent is JSON with parameters or plain prose, and Event nodes. The two
 * generations differ in the name that makers see for the message. Source: VoiceAI Connect, "Transferring the call".
 */
export const copilotStudio = copilot('copilot-studio');
export const copilotLegacy = copilot('copilot-legacy');

function copilot(name: DialectName): Dialect {
  return {
    name,
    recognises: (payload) => some(payload, isCopilot),
    takesBotApi: true,
    read: (payload) => each(listedIn(payload), (said) => ({ activities: fromCopilot(said) })),
    tell: (conversation, events) => events.map((event) => toCopilot(conversation, event)),
  };
}

function isCopilot(activity: unknown): boolean {
  return isHandoff(activity) || isParams(activity) || (isObject(activity) && isParams(activity['value']));
}

function fromCopilot(said: SpokenActivity): SpokenActivity[] {
  const { activity, path } = said;
  if (typeof activity === 'string') return [fromAgentMessage(activity, path, {})];
  if (isParams(activity)) return [fromParams(activity, path)];
  if (!isObject(activity)) return [said];
  if (isHandoff(activity)) return [fromHandoff(activity, path)];
  const { value: written, ...rest } = activity;
  const value = typeof written === 'string' ? paramsText(written) : written;
  if (!isParams(value)) return fromFramework(said);
  const words = { activityParams: ['value', 'activityParams'], sessionParams: ['value', 'sessionParams'] };
  return [spoken({ ...rest, ...value }, path, words)];
}

/** Parameters alone hand over; `sessionParams` alone only stand from now on. */
function fromParams(params: Record<string, unknown>, path: readonly PropertyKey[]): SpokenActivity {
  if ('activityParams' in params) return spoken(transferOf(params), path);
  return spoken({ type: 'event', name: 'config', sessionParams: params['sessionParams'] }, path);
}

/** "Transfer to agent", which bots of the Bot Framework know as well. */
export function isHandoff(activity: unknown): boolean {
  if (!isObject(activity)) return false;
  const { name } = activity;
  return typeOf(activity) === 'handoff' || (typeof name === 'string' && name.toLowerCase() === HANDOFF_EVENT);
}

/** Parameters alone, as a maker writes them into the message to the agent. */
function isParams(payload: unknown): payload is Record<string, unknown> {
  return isObject(payload) && !('type' in payload) && ('activityParams' in payload || 'sessionParams' in payload);
}

function fromHandoff({ id, value, text }: Record<string, unknown>, path: readonly PropertyKey[]): SpokenActivity {
  const named = typeof id === 'string' ? { id } : {};
  if (isParams(value)) return spoken({ ...named, ...transferOf(value) }, [...path, 'value']);
  const inValue = isObject(value) ? value[AGENT_MESSAGE] : value;
  if (typeof inValue === 'string') return fromAgentMessage(inValue, [...path, 'value', AGENT_MESSAGE], named);
  return fromAgentMessage(typeof text === 'string' ? text : '', [...path, 'text'], named);
}

/** Prose is the reason of a handover to the preset target. */
function fromAgentMessage(message: string, path: readonly PropertyKey[], named: { id?: string }): SpokenActivity {
  const params = paramsText(message);
  if (isParams(params)) return spoken({ ...named, ...transferOf(params) }, path);
  const handoverReason = message
    .replace(/[\r\n\0]+/g, ' ')
    .trim()
    .slice(0, MAX_REASON)
    // Not half of a character.
    .replace(/[\uD800-\uDBFF]$/, '');
  return spoken(
    { ...named, ...transferOf({ activityParams: handoverReason === '' ? {} : { handoverReason } }) },
    path,
    {
      'activityParams.handoverReason': [],
    }
  );
}

function transferOf({ activityParams = {}, sessionParams = {} }: Record<string, unknown>): object {
  return { type: 'event', name: 'transfer', activityParams, sessionParams };
}

/** Digits are a message of the caller. */
function toCopilot(conversation: Conversation, event: BotEvent): object {
  const framework = toFramework(conversation, event);
  if (event.name !== 'DTMF') return framework;
  const { id, timestamp, value: text } = event;
  return { id, timestamp, conversation: { id: conversation.id }, type: 'message', text };
}
