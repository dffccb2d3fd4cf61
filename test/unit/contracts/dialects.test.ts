import { describe, expect, it } from '@jest/globals';
import { readActivities } from '../../../activities/bot/read-activities';
import { isAnswer } from '../../../contracts/dialects';
import type { DialectName } from '../../../contracts/dialects';
import { read, faults, request, POLICY } from './read-dialect';

/** The payloads of the vendor's page "Transferring the call", by framework: to a number, with a header, with notifications. */
const PARAMS = [
  '{ "transferTarget": "tel:+123456789" }',
  `{ "transferTarget": "sip:john@host.com", "transferSipHeaders": [ { "name": "X-My-Header", "value": "my_value" } ] }`,
  '{ "transferTarget": "sip:john@host.com", "transferNotifications": true }',
];

const EXPECTED = [
  { target: 'sip:+123456789@trunk.example', headers: [], notifications: false, notificationsHangupMs: 5000 },
  { target: 'sip:john@host.com', headers: [{ name: 'X-My-Header', value: 'my_value' }], notifications: false },
  { target: 'sip:john@host.com', headers: [], notifications: true },
];

const FORMS: [DialectName, string, (params: string) => string][] = [
  ['bot-api', 'event', (params) => `{ "type": "event", "name": "transfer", "activityParams": ${params} }`],
  [
    'bot-framework',
    'event',
    (params) => `{ "type": "event", "name": "transfer", "channelData": { "activityParams": ${params} } }`,
  ],
  ['copilot-studio', 'message to agent', (params) => `{ "activityParams": ${params} }`],
  ['copilot-legacy', 'private message to agent', (params) => `{ "activityParams": ${params} }`],
  ['dialogflow-cx', 'live agent handoff', (params) => `{ "activityParams": ${params} }`],
  [
    'dialogflow-cx',
    'custom payload',
    (params) => `{ "activities": [{ "type": "event", "name": "transfer", "activityParams": ${params} }] }`,
  ],
  [
    'dialogflow-es',
    'custom payload',
    (params) => `{ "activities": [{ "type": "event", "name": "transfer", "activityParams": ${params} }] }`,
  ],
];

describe.each(FORMS)('%s, %s', (dialect, _, form) => {
  it.each(PARAMS.map((params, i) => [params, EXPECTED[i]!] as const))('hands over by %s', (params, expected) => {
    expect(request(JSON.parse(form(params)), dialect)).toMatchObject(expected);
  });

  it('is understood by its form alone, on a channel whose bot speaks another one', () => {
    expect(request(JSON.parse(form(PARAMS[0]!)))).toMatchObject(EXPECTED[0]!);
  });
});

describe('Bot Framework', () => {
  it('names faults where the bot wrote them', () => {
    const activity = { type: 'Event', name: 'Handover', channelData: { activityParams: { transferTarget: 7 } } };
    expect(faults({ activities: [activity] })).toEqual([
      'activities[0].channelData.activityParams.transferTarget must be a string',
    ]);
  });

  it('hangs up by endOfConversation', () => {
    expect(read({ type: 'endOfConversation', text: 'done' }, 'bot-framework')).toMatchObject([
      { kind: 'hangup', reason: 'done' },
    ]);
  });

  it('keeps session parameters for the activities after it', () => {
    const payload = [
      { type: 'event', name: 'config', channelData: { sessionParams: { transferNotifications: true } } },
      { type: 'event', name: 'transfer', channelData: { activityParams: { transferTarget: 'sip:a@b' } } },
    ];
    expect(read(payload, 'bot-framework')[1]).toMatchObject({ request: { notifications: true } });
  });
});

describe('Bot Framework, what else it says', () => {
  it('keeps a pause before what follows, and hears nothing in a typing indicator', () => {
    const payload = [
      { type: 'typing' },
      { type: 'delay', value: 700 },
      { type: 'event', name: 'hangup', channelData: {} },
    ];
    expect(read(payload, 'bot-framework')).toMatchObject([{ kind: 'config', delayMs: 700 }, { kind: 'hangup' }]);
    expect(faults([{ type: 'delay', value: 'long' }], 'bot-framework')).toEqual([
      'activities[0].value must be a number',
    ]);
  });
});

describe('parameters for the rest of the call', () => {
  const config = { sessionParams: { language: 'fr-FR', notifyParamChange: ['language'] } };
  it.each([
    ['bot-api', { type: 'config', ...config }],
    ['bot-framework', { type: 'config', channelData: config }],
    ['copilot-studio', { type: 'event', name: 'config', value: config }],
    ['copilot-studio', config],
    ['copilot-legacy', { type: 'config', channelData: config }],
    ['dialogflow-cx', config],
    ['dialogflow-es', { queryResult: { fulfillmentMessages: [{ payload: config }] } }],
  ] as const)('%s sets them: %j', (dialect, payload) => {
    const reading = readActivities(payload, { presets: {}, policy: POLICY, dialect });
    expect(reading).toMatchObject({ activities: [{ kind: 'config' }], ...config });
  });

  it('names faults of them at once', () => {
    const wrong = {
      sessionParams: { transferNotifications: 'yes', language: 'French', notifyParamChange: 'all', mine: 1 },
    };
    expect(faults({ type: 'event', name: 'config', channelData: wrong })).toEqual([
      'activities[0].channelData.sessionParams.transferNotifications must be a boolean',
      'activities[0].channelData.sessionParams.notifyParamChange must be a list',
      'activities[0].channelData.sessionParams.language is not a language tag (as in en-US)',
    ]);
  });
});

describe('what no bot means', () => {
  it.each([
    ['prose to a bot of the Bot API', 'hand me over', 'bot-api', /^activities\[0\]/],
    ['nothing at all', null, 'bot-api', /^activities\[0\]/],
    ['an empty list', [], 'dialogflow-es', /at least 1/],
    [
      'a script as target',
      { activityParams: { transferTarget: 'javascript:alert(1)' } },
      'dialogflow-cx',
      /neither a sip/,
    ],
    [
      'a file as target',
      { activityParams: { transferTarget: 'file:///etc/passwd' } },
      'copilot-studio',
      /neither a sip/,
    ],
  ] as const)('%s gets an answer that names it', (_, payload, dialect, fault) => {
    expect(faults(payload, dialect)[0]).toMatch(fault);
  });

  it('is taken from a channel of any dialect in the form of the Bot API', () => {
    const activity = { type: 'event', name: 'hangup' };
    expect(read(activity, 'jaicp')).toMatchObject([{ kind: 'hangup' }]);
  });
});

describe('an answer to events', () => {
  const transfer = { type: 'event', name: 'transfer', activityParams: {} };
  it.each([
    [{}, false],
    [{ status: 'ok' }, false],
    ['ok', false],
    [{ activities: [] }, false],
    [null, false],
    [transfer, true],
    [{ activities: [transfer] }, true],
    [{ activities: [{ type: 'dance' }] }, true],
    [{ queryResult: { responseMessages: [{ text: { text: ['Hello'] } }] } }, true],
    [{ replies: [{ type: 'switch', phoneNumber: '1' }] }, true],
    [{ type: 'event', name: 'handoff.initiate' }, true],
  ])('%j asks for something: %s', (body, asks) => {
    expect(isAnswer(body)).toBe(asks);
  });
});
