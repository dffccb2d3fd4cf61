import type { BotEvent } from '../../contracts/bot-events';

const envelope = { timestamp: '2031-05-04T09:12:33.180Z', type: 'event' } as const;

/** One event of each kind that bots of every framework hear, in the order of a call. */
export const BOT_EVENTS: readonly BotEvent[] = [
  {
    ...envelope,
    id: 'e1',
    name: 'start',
    parameters: {
      vaigConversationId: 'mfrggzdfmztwq2lk',
      caller: '+4930111',
      callerHost: 'trunk.example.com',
      callerDisplayName: 'Ada',
      callee: '1000',
      calleeHost: 'calls.example.com',
    },
  },
  { ...envelope, id: 'e2', name: 'DTMF', value: '12#' },
  { ...envelope, id: 'e3', name: 'paramChanged', value: { language: 'fr-FR' } },
  {
    ...envelope,
    id: 'e4',
    name: 'transferStatus',
    value: {
      status: 'failed',
      reasonCode: 'busy',
      reason: 'SIP ;cause=486 ;text="{486 Busy Here}"',
      attemptId: 'mfrggzdfmztwq2lk-transfer-1',
      target: 'sip:john@host.com',
      method: 'refer',
      evidence: 'notify',
      sipStatus: 486,
      elapsedMs: 4210,
    },
  },
  {
    ...envelope,
    id: 'e5',
    name: 'conversationEnd',
    value: { reasonCode: 'transferred', reason: 'transferred to sip:john@host.com' },
  },
];
