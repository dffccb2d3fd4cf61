import { describe, expect, it } from '@jest/globals';
import { readActivities } from '../../../activities/bot/read-activities';
import { isAnswer } from '../../../contracts/dialects';
import type { ParsedActivity } from '../../../contracts/activities-read';
import type { DialectName } from '../../../contracts/dialects';

const POLICY = { host: 'trunk.example', allowTargets: ['^sip:'] };

function read(payload: unknown, dialect?: DialectName, presets: Record<string, unknown> = {}): ParsedActivity[] {
  const reading = readActivities(payload, { presets, policy: POLICY, ...(dialect === undefined ? {} : { dialect }) });
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
  return reading.activities;
}

function faults(payload: unknown, dialect?: DialectName): string[] {
  const reading = readActivities(payload, {
    presets: {},
    policy: POLICY,
    ...(dialect === undefined ? {} : { dialect }),
  });
  return 'faults' in reading ? reading.faults.map(({ path, message }) => `${path} ${message}`) : [];
}

const request = (payload: unknown, dialect?: DialectName, presets?: Record<string, unknown>): object => {
  const [activity] = read(payload, dialect, presets);
  if (activity?.kind !== 'transfer') throw new Error(`no transfer: ${JSON.stringify(activity)}`);
  return activity.request;
};

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

describe('Copilot Studio', () => {
  const presets = { transferTarget: 'sip:desk@trunk.example' };
  const handoff = (message: string) => ({
    type: 'event',
    name: 'handoff.initiate',
    value: { va_AgentMessage: message },
  });

  it('takes JSON in the message to the agent', () => {
    expect(request(handoff(`{"activityParams":${PARAMS[0]!}}`), 'copilot-studio')).toMatchObject(EXPECTED[0]!);
  });

  it('takes prose for the reason of a handover to the preset target', () => {
    const prose = 'The caller wants a person.\nShe sounds cross.';
    expect(request(handoff(prose), 'copilot-legacy', presets)).toMatchObject({
      target: 'sip:desk@trunk.example',
      reason: 'The caller wants a person. She sounds cross.',
    });
    expect(request('please call me back', 'copilot-studio', presets)).toMatchObject({ reason: 'please call me back' });
  });

  it('takes other events with their parameters in the value', () => {
    const event = { type: 'event', name: 'sendDtmf', value: { activityParams: { dtmfDigits: '12' } } };
    expect(read(event, 'copilot-studio')).toMatchObject([{ kind: 'sendDtmf', digits: '12' }]);
    const wrong = { ...event, value: { activityParams: { dtmfDigits: 'x' } } };
    expect(faults(wrong, 'copilot-studio')[0]).toMatch(/^activities\[0\]\.value\.activityParams\.dtmfDigits /);
  });

  it('says that a handover without any target lacks one', () => {
    expect(faults(handoff(''), 'copilot-studio')[0]).toMatch(/transferTarget is missing$/);
  });
});

describe('Dialogflow', () => {
  it('hands over by a live agent handoff without metadata to the preset target', () => {
    const answer = { queryResult: { responseMessages: [{ liveAgentHandoff: { metadata: {} } }] } };
    expect(request(answer, 'dialogflow-cx', { transferTarget: '+49301' })).toMatchObject({
      target: 'sip:+49301@trunk.example',
    });
  });

  it('keeps the order of several payloads, texts and the end of the interaction', () => {
    const fulfillmentMessages = [
      { payload: { sessionParams: { transferNotifications: true } } },
      { text: { text: ['One moment.'] } },
      { payload: JSON.parse(FORMS[6]![2](PARAMS[0]!)) as object },
      { endInteraction: {} },
    ];
    const activities = read({ queryResult: { fulfillmentMessages } }, 'dialogflow-es');
    expect(activities.map(({ kind }) => kind)).toEqual(['config', 'prompt', 'transfer', 'hangup']);
    expect(activities[2]).toMatchObject({ request: { notifications: true } });
  });

  it('hangs up after an intent that ends the conversation', () => {
    const queryResult = { fulfillmentMessages: [], diagnosticInfo: { end_conversation: true } };
    expect(read({ queryResult }, 'dialogflow-es')).toMatchObject([{ kind: 'hangup' }]);
  });

  it('hands nobody over for the parameters of what is said', () => {
    const payload = { activityParams: { bargeIn: true }, sessionParams: { language: 'de-DE' } };
    expect(read({ queryResult: { responseMessages: [{ payload }] } }, 'dialogflow-cx')).toMatchObject([
      { kind: 'config' },
    ]);
  });

  it('names faults where the agent wrote them', () => {
    const payload = { activities: [{ type: 'event', name: 'transfer', activityParams: { transferTarget: '' } }] };
    expect(faults({ queryResult: { fulfillmentMessages: [{ text: { text: ['x'] } }, { payload }] } })).toEqual([
      'queryResult.fulfillmentMessages[1].payload.activities[0].activityParams.transferTarget is empty',
    ]);
  });
});

describe('JAICP', () => {
  const reply = {
    type: 'switch',
    phoneNumber: '79123456789',
    timeout: '25',
    headers: { 'X-Crm-Id': 'c-77' },
    continueCall: true,
    closeChatPhrases: 'bye',
    firstMessage: '',
  };

  it('switches to a number, with headers, and hears of it when the call is to go on', () => {
    expect(request(reply, 'jaicp')).toMatchObject({
      target: 'sip:79123456789@trunk.example',
      headers: [{ name: 'X-Crm-Id', value: 'c-77' }],
      notifications: true,
    });
  });

  it('switches to a SIP URI with or without its scheme, among other replies', () => {
    const { phoneNumber: _, ...rest } = reply;
    const replies = [
      { type: 'text', text: 'One moment.' },
      { type: 'buttons', buttons: [] },
      { ...rest, sipUri: '493@pbx.example', closeChatPhrases: ['bye'] },
    ];
    const activities = read({ data: { replies } }, 'jaicp');
    expect(activities).toMatchObject([{ kind: 'prompt' }, { request: { target: 'sip:493@pbx.example' } }]);
  });

  it('takes the trunk by either name, no time-out for the usual one, and leaves system headers as they are', () => {
    const { headers: _, ...rest } = reply;
    const said = { ...rest, type: 'Switch', timeout: '', sipUri: null, headers: { From: 'me', 'X-A': 7 } };
    expect(request(said, 'jaicp')).toMatchObject({ headers: [{ name: 'X-A', value: '7' }] });
    expect(request(said, 'jaicp')).not.toHaveProperty('timeoutMs');
    for (const name of ['transferChannel', 'transferCall'])
      expect(
        readActivities({ ...rest, [name]: 'sales-bot' }, { presets: {}, policy: POLICY, dialect: 'jaicp' })
      ).toHaveProperty('activities');
  });

  it('leaves to the presets of the channel what a script does not say', () => {
    const { continueCall: _, ...rest } = reply;
    const presets = { transferNotifications: true, continueCall: true };
    expect(request(rest, 'jaicp', presets)).toMatchObject({ notifications: true, continueCall: true });
    expect(request({ ...rest, continueCall: false }, 'jaicp', presets)).not.toHaveProperty('continueCall');
    expect(request(rest, 'jaicp')).toMatchObject({ notifications: false });
  });

  it('hears nothing in replies that only a screen shows', () => {
    expect(read({ replies: [{ type: 'buttons', buttons: [] }] }, 'jaicp')).toEqual([]);
  });

  it.each([
    [{ ...reply, sipUri: 'a@b' }, 'replies[0].phoneNumber must be given, or sipUri, and not both'],
    [{ ...reply, timeout: 'soon' }, 'replies[0].timeout is not a number of seconds'],
    [{ ...reply, headers: ['X'] }, 'replies[0].headers must be an object of names and values'],
    [
      { ...reply, phoneNumber: 'desk' },
      'replies[0].phoneNumber is neither a sip: or sips: URI nor a tel: URI nor a number',
    ],
    [{ ...reply, headers: { 'X-A': 'a\r\nVia: b' } }, 'replies[0].headers.X-A contains CR, LF or NUL'],
    [{ ...reply, timeout: '3' }, 'replies[0].timeout must be 5 to 180 seconds'],
    [{ ...reply, continueCall: 'yes' }, 'replies[0].continueCall must be a boolean'],
    [{ ...reply, closeChatPhrases: 7 }, 'replies[0].closeChatPhrases must be a string or a list of strings'],
    [{ ...reply, phoneNumber: {} }, 'replies[0].phoneNumber must be a string'],
  ])('names faults in its own words: %#', (wrong, fault) => {
    expect(faults({ replies: [wrong] }, 'jaicp')).toEqual([fault]);
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
