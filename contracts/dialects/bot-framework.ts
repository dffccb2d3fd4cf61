import type { BotEvent } from '../bot-events';
import { BOT_ACTIVITY_NAMES, IGNORED_ACTIVITY_NAMES } from '../schemas';
import type { Conversation, Dialect, SpokenActivity } from './dialect';
import { each, isObject, listedIn, some, spoken, typeOf } from './dialect';

const PARAMS = ['activityParams', 'sessionParams'] as const;

const EVENTS: ReadonlySet<string> = new Set(
  [...BOT_ACTIVITY_NAMES, ...IGNORED_ACTIVITY_NAMES].map((name) => name.toLowerCase())
);

/** Types of activities that ask a telephone for something. */
const SPOKEN = new Set(['message', 'event', 'config', 'endofconversation', 'delay', 'handoff']);

/** Types that no other framework has, of activities that a screen or a log takes. */
const SILENT = new Set(['typing', 'trace', 'conversationupdate', 'contactrelationupdate', 'invokeresponse']);

/** What the framework puts around every activity. */
const ENVELOPE = ['channelData', 'channelId', 'from', 'recipient'] as const;

/**
 * Microsoft Bot Framework: parameters stand in `channelData`; `endOfConversation` hangs up; `delay` puts off what follows. Sources: VoiceAI
 * Connect, "Transferring the call" and "Disconnecting the call"; Bot Framework activity schema.
 */
export const botFramework: Dialect = {
  name: 'bot-framework',
  recognises: (payload) => some(payload, isFramework),
  takesBotApi: true,
  read: (payload) => each(listedIn(payload), (said) => ({ activities: fromFramework(said) })),
  tell: (conversation, events) => events.map((event) => toFramework(conversation, event)),
};

function isFramework(activity: unknown): boolean {
  const isOwnType = ['endofconversation', 'delay'].includes(typeOf(activity)) || SILENT.has(typeOf(activity));
  return isObject(activity) && (isOwnType || hasEnvelope(activity));
}

function hasEnvelope(activity: Record<string, unknown>): boolean {
  return ENVELOPE.some((member) => member in activity);
}

/** @returns the activity with the parameters of its `channelData` where the Bot API has them; nothing for one that asks for nothing */
export function fromFramework(said: SpokenActivity): SpokenActivity[] {
  const { activity, path } = said;
  if (!isObject(activity)) return [said];
  const type = typeOf(activity);
  if (SILENT.has(type) || (!SPOKEN.has(type) && hasEnvelope(activity))) return [];
  if (type === 'endofconversation')
    return [spoken(hangup(activity), path, { 'activityParams.hangupReason': ['text'] })];
  if (type === 'delay')
    return [spoken({ type: 'event', name: 'config', delay: activity['value'] }, path, { delay: ['value'] })];
  const placed = withParams(said, activity);
  if (type === 'message') return [asMessage(placed)];
  return type === 'event' && isOthers(activity, placed) ? [] : [placed];
}

function withParams(said: SpokenActivity, { channelData, ...rest }: Record<string, unknown>): SpokenActivity {
  if (!isObject(channelData)) return said;
  const given = PARAMS.filter((name) => name in channelData);
  const params = Object.fromEntries(given.map((name) => [name, channelData[name]]));
  const words = Object.fromEntries(given.map((name) => [name, ['channelData', name]]));
  return spoken({ ...rest, ...params }, said.path, words);
}

/** Cards and attachments without a text are for a screen; `speak` is what a voice says in the place of one. */
function asMessage(said: SpokenActivity): SpokenActivity {
  const { text, speak, ...rest } = said.activity as Record<string, unknown>;
  if (typeof text === 'string' ? text !== '' : text !== undefined && text !== null) return said;
  if (typeof speak === 'string' && speak !== '')
    return spoken({ ...rest, text: speak }, said.path, { ...said.words, text: ['speak'] });
  const { id, delay, sessionParams } = rest;
  return spoken({ ...given({ id, delay, sessionParams }), type: 'event', name: 'config' }, said.path, said.words);
}

function given(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** An event for another listener: with a name of its own, and no parameters of ours. */
function isOthers(activity: Record<string, unknown>, { activity: placed }: SpokenActivity): boolean {
  const hasParams = isObject(placed) && PARAMS.some((name) => name in placed);
  const name = typeof activity['name'] === 'string' ? activity['name'].toLowerCase() : '';
  return hasEnvelope(activity) && !hasParams && !EVENTS.has(name);
}

function hangup({ id, text, code }: Record<string, unknown>): object {
  const reason = [text, code].find((word) => typeof word === 'string' && word !== '');
  const named = typeof id === 'string' ? { id } : {};
  return {
    ...named,
    type: 'event',
    name: 'hangup',
    activityParams: reason === undefined ? {} : { hangupReason: reason },
  };
}

/** `conversationEnd` is an activity type of its own here. */
export function toFramework({ id: conversation }: Conversation, event: BotEvent): object {
  const { id, timestamp } = event;
  const envelope = { id, timestamp, conversation: { id: conversation } };
  if (event.name === 'conversationEnd')
    return { ...envelope, type: 'endOfConversation', text: event.value.reason, channelData: event.value };
  const content = 'parameters' in event ? event.parameters : event.value;
  return { ...envelope, type: 'event', name: event.name, value: content };
}
