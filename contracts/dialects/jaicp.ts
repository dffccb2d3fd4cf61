import type { BotEvent } from '../bot-events';
import type { Fault } from '../failures';
import { pathText } from '../zod-faults';
import type { Conversation, Dialect, SpokenActivities, SpokenActivity } from './dialect';
import { each, isObject, spoken } from './dialect';

/** Types of replies that no other framework has. */
const TYPES = new Set<unknown>(['switch', 'text', 'audio', 'hangup']);

/**
 * JAICP: replies of a script, above all `switch`; chat-only members of it are left aside. The script hears of a transfer by the event
 * `transfer` with SUCCESS or FAIL. Source: JAICP, "Call routing" and "Switch to an operator".
 */
export const jaicp: Dialect = {
  name: 'jaicp',
  recognises: (payload) => replies(payload).some(({ activity }) => isObject(activity) && TYPES.has(activity['type'])),
  read: (payload) => each({ activities: replies(payload) }, fromReply),
  tell: (conversation, events) => events.flatMap((event) => toJaicp(conversation, event)),
};

/** One reply, a list, `{replies: [...]}`, or `{data: {replies: [...]}}`. */
function replies(payload: unknown): SpokenActivity[] {
  const data = isObject(payload) && isObject(payload['data']) ? payload['data'] : undefined;
  const [holder, path] = data !== undefined && 'replies' in data ? [data, ['data']] : [payload, []];
  if (isObject(holder) && Array.isArray(holder['replies']))
    return holder['replies'].map((reply, i) => spoken(reply, [...path, 'replies', i]));
  if (Array.isArray(payload)) return payload.map((reply, i) => spoken(reply, ['replies', i]));
  return [spoken(payload, [])];
}

/** Replies that a telephone has no use for say nothing. */
function fromReply(said: SpokenActivity): SpokenActivities {
  const { activity: reply, path } = said;
  if (!isObject(reply)) return { activities: [said] };
  switch (reply['type']) {
    case 'switch':
      return fromSwitch(reply, path);
    case 'hangup':
      return { activities: [spoken({ type: 'event', name: 'hangup', activityParams: {} }, path)] };
    case 'text':
      return { activities: [spoken({ type: 'message', text: reply['text'] }, path)] };
    case 'audio': {
      const activityParams = { playUrlUrl: reply['audioUrl'] };
      const words = { 'activityParams.playUrlUrl': ['audioUrl'] };
      return { activities: [spoken({ type: 'event', name: 'playUrl', activityParams }, path, words)] };
    }
    default:
      return { activities: [] };
  }
}

const SWITCH_WORDS = {
  'activityParams.transferTimeoutMS': ['timeout'],
  'activityParams.transferSipHeaders': ['headers'],
  'activityParams.transferChannel': ['transferChannel'],
  'activityParams.continueCall': ['continueCall'],
  'activityParams.transferNotifications': ['continueCall'],
} as const;

function fromSwitch(reply: Record<string, unknown>, path: readonly PropertyKey[]): SpokenActivities {
  const { phoneNumber, sipUri, timeout, headers, continueCall = false } = reply;
  const word = phoneNumber === undefined ? 'sipUri' : 'phoneNumber';
  const faults = switchFaults(reply, path);
  if (faults.length > 0) return { faults };
  const channel = reply['transferChannel'] ?? reply['transferCall'];
  const activityParams = {
    transferTarget: word === 'sipUri' ? withScheme(sipUri) : String(phoneNumber),
    ...(timeout === undefined || timeout === '' ? {} : { transferTimeoutMS: Math.round(Number(timeout) * 1000) }),
    ...(isObject(headers) ? { transferSipHeaders: Object.entries(headers).map(headerField) } : {}),
    ...(channel === undefined ? {} : { transferChannel: channel }),
    continueCall,
    transferNotifications: continueCall,
  };
  const id = typeof reply['id'] === 'string' ? { id: reply['id'] } : {};
  const words = { ...SWITCH_WORDS, 'activityParams.transferTarget': [word] };
  return { activities: [spoken({ ...id, type: 'event', name: 'transfer', activityParams }, path, words)] };
}

function switchFaults(reply: Record<string, unknown>, path: readonly PropertyKey[]): Fault[] {
  const { phoneNumber, sipUri, timeout, headers } = reply;
  const at = (member: string): string => pathText([...path, member]);
  const faults: Fault[] = [];
  if ((phoneNumber === undefined) === (sipUri === undefined))
    faults.push({ path: at('phoneNumber'), message: 'must be given, or sipUri, and not both' });
  if (timeout !== undefined && timeout !== '' && !(Number(timeout) > 0))
    faults.push({ path: at('timeout'), message: 'is not a number of seconds' });
  if (headers !== undefined && !isObject(headers))
    faults.push({ path: at('headers'), message: 'must be an object of names and values' });
  return faults;
}

function headerField([name, value]: [string, unknown]): { name: string; value: unknown } {
  return { name, value: typeof value === 'number' ? String(value) : value };
}

function withScheme(uri: unknown): unknown {
  return typeof uri === 'string' && !/^(sips?|tel):/i.test(uri) ? `sip:${uri}` : uri;
}

/** The start is the query `/start`, digits are a query; `hangup` and `botHangup` tell who ended the call. */
function toJaicp({ id: clientId }: Conversation, event: BotEvent): object[] {
  const envelope = { clientId, questionId: event.id, timestamp: event.timestamp };
  switch (event.name) {
    case 'start':
      return [{ ...envelope, query: '/start', data: event.parameters }];
    case 'DTMF':
      return [{ ...envelope, query: event.value }];
    case 'transferStatus': {
      const { status, ...details } = event.value;
      const data = { status: status === 'answered' ? 'SUCCESS' : 'FAIL', hangup: false, ...details };
      return [{ ...envelope, event: 'transfer', data }];
    }
    case 'conversationEnd':
      return [
        {
          ...envelope,
          event: event.value.reasonCode === 'bot-disconnected' ? 'botHangup' : 'hangup',
          data: event.value,
        },
      ];
    default:
      return [];
  }
}
