import type { BotEvent } from '../bot-events';
import type { Conversation, Dialect, DialectName, SpokenActivities, SpokenActivity } from './dialect';
import { each, isObject, listedIn, spoken } from './dialect';
import { plainStruct } from './plain-struct';

/** Where an agent's messages stand in what it answers; the message itself may come alone. */
const MESSAGE_LISTS: readonly (readonly string[])[] = [
  ['queryResult', 'responseMessages'],
  ['queryResult', 'fulfillmentMessages'],
  ['fulfillment_response', 'messages'],
  ['fulfillmentResponse', 'messages'],
  ['responseMessages'],
  ['fulfillmentMessages'],
];

const MESSAGE_KEYS = [
  'payload',
  'liveAgentHandoff',
  'live_agent_handoff',
  'endInteraction',
  'end_interaction',
  'telephonyTransferCall',
  'telephony_transfer_call',
] as const;

const HANGUP = { type: 'event', name: 'hangup', activityParams: {} } as const;

/**
 * Dialogflow CX and ES: custom payloads with `activities`, "Live agent handoff" with parameters or none, end of the interaction. Events are
 * Dialogflow events with parameters, `conversationEnd` only when the channel lists it. Sources: VoiceAI Connect, "Transferring the call", "Disconnecting the call".
 */
export const dialogflowCx = dialogflow('dialogflow-cx', (digits) => ({ dtmf: { digits } }));
export const dialogflowEs = dialogflow('dialogflow-es', undefined);

function dialogflow(name: DialectName, digitsInput: ((digits: string) => object) | undefined): Dialect {
  return {
    name,
    recognises: (payload) => messageList(payload) !== undefined || isMessage(payload),
    read: readDialogflow,
    tell: (conversation, events) =>
      events
        .filter(({ name: event }) => event !== 'conversationEnd' || conversation.sendEventsToBot.includes(event))
        .map((event) => toDialogflow(conversation, event, digitsInput)),
  };
}

function readDialogflow(payload: unknown): SpokenActivities {
  const list = messageList(payload);
  if (list === undefined) return fromMessage(spoken(payload, []));
  const messages = list.messages.map((message, i) => spoken(message, [...list.path, i]));
  const read = each({ activities: messages }, fromMessage);
  return 'activities' in read && endsConversation(payload)
    ? { activities: [...read.activities, spoken(HANGUP, ['queryResult', 'diagnosticInfo'])] }
    : read;
}

/** What an ES agent says of an intent that is marked as the end of the conversation. */
function endsConversation(payload: unknown): boolean {
  const result = isObject(payload) ? payload['queryResult'] : undefined;
  const info = isObject(result) ? result['diagnosticInfo'] : undefined;
  return isObject(info) && info['end_conversation'] === true;
}

function messageList(payload: unknown): { messages: unknown[]; path: readonly string[] } | undefined {
  for (const path of MESSAGE_LISTS) {
    const messages = path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), payload);
    if (Array.isArray(messages)) return { messages, path };
  }
  return undefined;
}

function isMessage(payload: unknown): boolean {
  return isObject(payload) && MESSAGE_KEYS.some((key) => payload[key] !== undefined && payload[key] !== null);
}

/** What one message asks for; what an agent shows on a screen is nothing to act on. */
function fromMessage({ activity: message, path }: SpokenActivity): SpokenActivities {
  if (!isObject(message)) return listedIn(message, path);
  return fromGiven(given(message), path);
}

/** Google's clients write null for each kind of message that it is not. */
function given(message: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null));
}

function fromGiven(message: Record<string, unknown>, path: readonly PropertyKey[]): SpokenActivities {
  for (const key of ['liveAgentHandoff', 'live_agent_handoff']) {
    const handoff = message[key];
    if (handoff !== undefined) return handover(handoff, [...path, key]);
  }
  if ('endInteraction' in message || 'end_interaction' in message) return one(HANGUP, path);
  for (const key of ['telephonyTransferCall', 'telephony_transfer_call'])
    if (isObject(message[key])) return callTransfer(message[key], [...path, key]);
  if ('payload' in message) return fromCustomPayload(plainStruct(message['payload']), [...path, 'payload']);
  const texts = isObject(message['text']) ? message['text']['text'] : undefined;
  return Array.isArray(texts)
    ? { activities: texts.map((text, i) => said(text, i, path)) }
    : fromPayload(message, path);
}

/** A custom payload with parameters that name no target speaks of what is said with it, not of a handover. */
function fromCustomPayload(payload: unknown, path: readonly PropertyKey[]): SpokenActivities {
  const params = isObject(payload) && isObject(payload['activityParams']) ? payload['activityParams'] : undefined;
  if (!isObject(payload) || params === undefined || 'transferTarget' in params || 'transferTargets' in params)
    return fromPayload(payload, path);
  const { activityParams: _, ...rest } = payload;
  return fromPayload(rest, path);
}

/** `{activities}`, or parameters alone: with `activityParams` they hand over, `sessionParams` alone only stand from now on. */
function fromPayload(payload: unknown, path: readonly PropertyKey[]): SpokenActivities {
  if (!isObject(payload) || 'activities' in payload || 'type' in payload) return listedIn(payload, path);
  if ('activityParams' in payload) return handover(payload, path);
  if (!('sessionParams' in payload)) return path.length === 0 ? listedIn(payload) : { activities: [] };
  return one({ type: 'event', name: 'config', sessionParams: payload['sessionParams'] }, path);
}

function one(activity: unknown, path: readonly PropertyKey[]): SpokenActivities {
  return { activities: [spoken(activity, path)] };
}

function said(text: unknown, i: number, path: readonly PropertyKey[]): SpokenActivity {
  return spoken({ type: 'message', text }, path, { text: ['text', 'text', i] });
}

/** The agent's own fulfilment for telephones: to a number, or in CX to a SIP URI. */
function callTransfer(call: Record<string, unknown>, path: readonly PropertyKey[]): SpokenActivities {
  const member = ['phoneNumber', 'phone_number', 'sipUri', 'sip_uri'].find((name) => call[name] !== undefined);
  const activityParams = member === undefined ? {} : { transferTarget: call[member] };
  const words = { 'activityParams.transferTarget': [member ?? 'phoneNumber'] };
  return { activities: [spoken({ type: 'event', name: 'transfer', activityParams }, path, words)] };
}

/** The metadata may be empty: the channel's preset target then serves. */
function handover(handoff: unknown, path: readonly PropertyKey[]): SpokenActivities {
  const metadata = isObject(handoff) ? plainStruct(handoff['metadata']) : undefined;
  const isNested = isObject(metadata);
  const params = isNested ? metadata : handoff;
  const { activityParams = {}, sessionParams = {} } = isObject(params) ? params : {};
  const at = isNested ? [...path, 'metadata'] : path;
  return one({ type: 'event', name: 'transfer', activityParams, sessionParams }, at);
}

function toDialogflow(
  { language }: Conversation,
  event: BotEvent,
  digitsInput: ((digits: string) => object) | undefined
): object {
  if (event.name === 'DTMF' && digitsInput !== undefined)
    return { queryInput: { ...digitsInput(event.value), languageCode: language } };
  const content: unknown = 'parameters' in event ? event.parameters : event.value;
  const parameters = isObject(content) ? content : { value: content };
  return { queryInput: { event: { languageCode: language, name: event.name, parameters } } };
}
