import type { BotEvent } from '../bot-events';
import type { Conversation, Dialect, SpokenActivities, SpokenActivity } from './dialect';
import { each, isObject, spoken, typeOf } from './dialect';
import { fromSwitch } from './jaicp-switch';

/** Types of replies that no other framework has. */
const TYPES = new Set(['switch', 'text', 'audio', 'hangup']);

/**
 * JAICP: replies of a script, above all `switch`; chat-only members of it are left aside. The script hears of a transfer by the event
 * `transfer` with SUCCESS or FAIL. Source: JAICP, "Call routing" and "Switch to an operator".
 */
export const jaicp: Dialect = {
  name: 'jaicp',
  recognises: (payload) => replies(payload).some(({ activity }) => TYPES.has(typeOf(activity))),
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

/** Replies of types that a telephone has no use for say nothing. */
function fromReply(said: SpokenActivity): SpokenActivities {
  const { activity: reply, path } = said;
  if (!isObject(reply)) return { activities: [said] };
  switch (typeOf(reply)) {
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
      return { activities: typeOf(reply) === '' ? [said] : [] };
  }
}

/** The start is the query `/start`, digits are a query; `hangup` and `botHangup` tell who ended the call. Events of ours keep their names. */
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
      return [{ ...envelope, event: event.name, data: event.value }];
  }
}
