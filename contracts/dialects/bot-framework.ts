import type { BotEvent } from '../bot-events';
import type { Conversation, Dialect, SpokenActivity } from './dialect';
import { each, isObject, listedIn, some, spoken, typeOf } from './dialect';

const PARAMS = ['activityParams', 'sessionParams'] as const;

/** Activities that a screen or a log takes, and that ask a telephone for nothing. */
const SILENT = new Set(['typing', 'trace', 'conversationupdate', 'contactrelationupdate', 'invokeresponse']);

/**
 * Microsoft Bot Framework: parameters stand in `channelData`; `endOfConversation` hangs up; `delay` puts off what follows. Sources: VoiceAI
 * Connect, "Transferring the call" and "Disconnecting the call"; Bot Framework activity schema.
 */
export const botFramework: Dialect = {
  name: 'bot-framework',
  recognises: (payload) => some(payload, isFramework),
  read: (payload) => each(listedIn(payload), (said) => ({ activities: fromFramework(said) })),
  tell: (conversation, events) => events.map((event) => toFramework(conversation, event)),
};

function isFramework(activity: unknown): boolean {
  const isOwnType = ['endofconversation', 'delay'].includes(typeOf(activity)) || SILENT.has(typeOf(activity));
  return isObject(activity) && ('channelData' in activity || isOwnType);
}

/** @returns the activity with the parameters of its `channelData` where the Bot API has them; nothing for one that asks for nothing */
export function fromFramework(said: SpokenActivity): SpokenActivity[] {
  const { activity, path } = said;
  if (!isObject(activity)) return [said];
  if (SILENT.has(typeOf(activity))) return [];
  if (typeOf(activity) === 'endofconversation')
    return [spoken(hangup(activity), path, { 'activityParams.hangupReason': ['text'] })];
  if (typeOf(activity) === 'delay')
    return [spoken({ type: 'event', name: 'config', delay: activity['value'] }, path, { delay: ['value'] })];
  return [withParams(said, activity)];
}

function withParams(said: SpokenActivity, { channelData, ...rest }: Record<string, unknown>): SpokenActivity {
  if (!isObject(channelData)) return said;
  const given = PARAMS.filter((name) => name in channelData);
  const params = Object.fromEntries(given.map((name) => [name, channelData[name]]));
  const words = Object.fromEntries(given.map((name) => [name, ['channelData', name]]));
  return spoken({ ...rest, ...params }, said.path, words);
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
