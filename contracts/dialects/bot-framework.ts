import type { BotEvent } from '../bot-events';
import type { Conversation, Dialect, SpokenActivity } from './dialect';
import { each, isObject, listedIn, some, spoken } from './dialect';

const PARAMS = ['activityParams', 'sessionParams'] as const;

/**
 * Microsoft Bot Framework: parameters stand in `channelData`; `endOfConversation` hangs up. Sources: VoiceAI Connect, "Transferring the
 * call" and "Disconnecting the call"; Bot Framework activity schema.
 */
export const botFramework: Dialect = {
  name: 'bot-framework',
  recognises: (payload) => some(payload, isFramework),
  read: (payload) => each(listedIn(payload), (said) => ({ activities: [fromFramework(said)] })),
  tell: (conversation, events) => events.map((event) => toFramework(conversation, event)),
};

function isFramework(activity: unknown): boolean {
  return isObject(activity) && ('channelData' in activity || lowerType(activity) === 'endofconversation');
}

function lowerType({ type }: Record<string, unknown>): string {
  return typeof type === 'string' ? type.toLowerCase() : '';
}

/** @returns the activity with the parameters of its `channelData` where the Bot API has them */
export function fromFramework(said: SpokenActivity): SpokenActivity {
  const { activity, path } = said;
  if (!isObject(activity)) return said;
  const { channelData, ...rest } = activity;
  if (lowerType(activity) === 'endofconversation')
    return spoken(hangup(activity), path, { 'activityParams.hangupReason': ['text'] });
  if (!isObject(channelData)) return said;
  const given = PARAMS.filter((name) => name in channelData);
  const params = Object.fromEntries(given.map((name) => [name, channelData[name]]));
  const words = Object.fromEntries(given.map((name) => [name, ['channelData', name]]));
  return spoken({ ...rest, ...params }, path, words);
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
