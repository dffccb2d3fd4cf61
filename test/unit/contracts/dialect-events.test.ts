import { describe, expect, it } from '@jest/globals';
import type { BotEvent } from '../../../contracts/bot-events';
import type { DialectName } from '../../../contracts/dialects';
import { DIALECT_NAMES, dialectNamed } from '../../../contracts/dialects';

const envelope = { id: 'e1', timestamp: '2031-05-04T09:12:33.180Z', type: 'event' } as const;
const EVENTS = {
  start: {
    ...envelope,
    name: 'start',
    parameters: { vaigConversationId: 'c', caller: '+491', callerHost: 'a', callee: '2', calleeHost: 'b' },
  },
  failed: {
    ...envelope,
    name: 'transferStatus',
    value: {
      status: 'failed',
      reasonCode: 'busy',
      reason: 'SIP ;cause=486',
      attemptId: 'c-transfer-1',
      target: 'sip:a@b',
      evidence: 'notify',
    },
  },
  digits: { ...envelope, name: 'DTMF', value: '12#' },
  changed: { ...envelope, name: 'paramChanged', value: { language: 'fr-FR' } },
  end: { ...envelope, name: 'conversationEnd', value: { reasonCode: 'transferred', reason: 'handed over' } },
} satisfies Record<string, BotEvent>;

const told = (dialect: DialectName, event: BotEvent, sendEventsToBot: string[] = []): unknown[] =>
  dialectNamed(dialect).tell({ id: 'call', language: 'de-DE', sendEventsToBot }, [event]);

it('the Bot API gets events together, under the conversation', () => {
  const events = [EVENTS.start, EVENTS.digits];
  expect(dialectNamed('bot-api').tell({ id: 'call', language: 'en-US', sendEventsToBot: [] }, events)).toEqual([
    { conversation: 'call', activities: events },
  ]);
});

describe('a failed transfer as each framework hears it', () => {
  const { value } = EVENTS.failed;
  const framework = { ...envelope, name: 'transferStatus', conversation: { id: 'call' }, value };
  const dialogflow = { queryInput: { event: { languageCode: 'de-DE', name: 'transferStatus', parameters: value } } };
  it.each([
    ['bot-framework', framework],
    ['copilot-studio', framework],
    ['copilot-legacy', framework],
    ['dialogflow-cx', dialogflow],
    ['dialogflow-es', dialogflow],
    ['jaicp', { clientId: 'call', event: 'transfer', data: { status: 'FAIL', hangup: false, reasonCode: 'busy' } }],
  ] as const)('%s', (dialect, body) => {
    expect(told(dialect, EVENTS.failed)).toMatchObject([body]);
  });
});

it('the end of a call is told in each framework’s form', () => {
  const { value } = EVENTS.end;
  expect(told('bot-framework', EVENTS.end)).toMatchObject([
    { type: 'endOfConversation', text: 'handed over', channelData: value },
  ]);
  expect(told('dialogflow-cx', EVENTS.end)).toEqual([]);
  expect(told('dialogflow-cx', EVENTS.end, ['conversationEnd'])).toMatchObject([
    { queryInput: { event: { name: 'conversationEnd', parameters: value } } },
  ]);
  expect(told('jaicp', EVENTS.end)).toMatchObject([{ event: 'hangup', data: value }]);
});

it('digits come as each framework takes them', () => {
  expect(told('bot-framework', EVENTS.digits)).toMatchObject([{ type: 'event', name: 'DTMF', value: '12#' }]);
  expect(told('copilot-studio', EVENTS.digits)).toMatchObject([{ type: 'message', text: '12#' }]);
  expect(told('dialogflow-cx', EVENTS.digits)).toEqual([
    { queryInput: { dtmf: { digits: '12#' }, languageCode: 'de-DE' } },
  ]);
  expect(told('dialogflow-es', EVENTS.digits)).toMatchObject([
    { queryInput: { event: { name: 'DTMF', parameters: { value: '12#' } } } },
  ]);
  expect(told('jaicp', EVENTS.digits)).toMatchObject([{ query: '12#' }]);
});

it.each(DIALECT_NAMES)('%s hears of the start of a call', (dialect) => {
  expect(JSON.stringify(told(dialect, EVENTS.start))).toContain('+491');
});

describe('changed parameters as each framework hears them', () => {
  const { value } = EVENTS.changed;
  const dialogflow = { queryInput: { event: { languageCode: 'de-DE', name: 'paramChanged', parameters: value } } };
  it.each([
    ['bot-api', { conversation: 'call', activities: [EVENTS.changed] }],
    ['bot-framework', { type: 'event', name: 'paramChanged', value }],
    ['copilot-studio', { type: 'event', name: 'paramChanged', value }],
    ['copilot-legacy', { type: 'event', name: 'paramChanged', value }],
    ['dialogflow-cx', dialogflow],
    ['dialogflow-es', dialogflow],
    ['jaicp', { clientId: 'call', event: 'paramChanged', data: value }],
  ] as const)('%s', (dialect, body) => {
    expect(told(dialect, EVENTS.changed)).toMatchObject([body]);
  });
});
