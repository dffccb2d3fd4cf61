import { describe, expect, it } from '@jest/globals';
import { faults, read, request } from './read-dialect';

/** What the frameworks themselves put around and beside what a bot says. */

const transfer = { channelData: { activityParams: { transferTarget: '+49301' } } };

describe('Bot Framework', () => {
  const others = [
    { type: 'message', channelId: 'directline', attachments: [{ contentType: 'application/vnd.microsoft.card.hero' }] },
    { type: 'messageReaction', from: { id: 'bot' }, reactionsAdded: [] },
    { type: 'event', name: 'DynamicPlanReceived', from: { id: 'bot' }, value: {} },
  ];

  it.each(['bot-framework', 'copilot-studio', 'copilot-legacy'] as const)(
    'transfers beside what is for a screen or another listener: %s',
    (dialect) => {
      const activities = [...others, { type: 'event', name: 'transfer', from: { id: 'bot' }, ...transfer }];
      expect(read({ activities }, dialect).map(({ kind }) => kind)).toEqual(['config', 'transfer']);
    }
  );

  it('is read so on its channel, although each activity could be of the Bot API', () => {
    const activities = [
      { type: 'message', attachments: [] },
      { type: 'event', name: 'hangup' },
    ];
    expect(read(activities, 'bot-framework').map(({ kind }) => kind)).toEqual(['config', 'hangup']);
  });

  it('says what it speaks where it shows no text', () => {
    const message = { type: 'message', text: '', speak: '<speak>Hello</speak>', channelData: {} };
    expect(read(message, 'bot-framework')).toMatchObject([{ kind: 'prompt', content: '<speak>Hello</speak>' }]);
    expect(faults({ ...message, text: 7 }, 'bot-framework')).toEqual(['activities[0].text must be a string']);
  });

  it('names a mistake in an event of no known name that has parameters', () => {
    expect(faults({ type: 'event', name: 'tranfser', ...transfer }, 'bot-framework')[0]).toMatch(
      /^activities\[0\]\.name must be transfer/
    );
  });

  it('hands over by its own handoff, to the preset target', () => {
    const handoff = { type: 'event', name: 'handoff.initiate', channelData: {}, value: { skill: 'sales' } };
    expect(request([others[0], handoff].slice(1), 'bot-framework', { transferTarget: '+49302' })).toMatchObject({
      target: 'sip:+49302@trunk.example',
    });
  });
});

describe('the message to the agent of Copilot Studio', () => {
  const presets = { transferTarget: 'sip:desk@trunk.example' };
  const handoff = (va_AgentMessage: string) => ({
    type: 'event',
    name: 'handoff.initiate',
    value: { va_AgentMessage },
  });
  const params = '{"activityParams":{"transferTarget":"tel:+123456789"}}';

  it.each([
    ['in a code fence', `\`\`\`json\n${params}\n\`\`\``],
    ['with words behind it', `${params} Thank you.`],
    ['with words before it', `Please: ${params}`],
    ['with the quotation marks of an editor', params.replace(/"([^"]*)"/g, '\u201c$1\u201d')],
  ])('is read %s', (_, message) => {
    expect(request(handoff(message), 'copilot-studio', presets)).toMatchObject({
      target: 'sip:+123456789@trunk.example',
    });
  });

  it('is prose with braces that hold no parameters', () => {
    expect(request(handoff('Order {17} is late'), 'copilot-studio', presets)).toMatchObject({
      target: 'sip:desk@trunk.example',
      reason: 'Order {17} is late',
    });
  });

  it('is cut off between characters', () => {
    const { reason } = request(handoff('x'.repeat(1_999) + '\u{1f600}'), 'copilot-studio', presets) as {
      reason: string;
    };
    expect(reason).toBe('x'.repeat(1_999));
  });

  it('leaves the value of an Event node readable that is text', () => {
    const node = { type: 'event', name: 'sendDtmf', value: '{"activityParams":{"dtmfDigits":"1"}}' };
    expect(read(node, 'copilot-studio')).toMatchObject([{ kind: 'sendDtmf', digits: '1' }]);
  });
});

describe('Dialogflow', () => {
  const cx = (...responseMessages: object[]) => ({ queryResult: { responseMessages } });

  it.each([
    ['dialogflow-cx', cx({ telephonyTransferCall: { phoneNumber: '+123456789' } })],
    ['dialogflow-cx', cx({ telephony_transfer_call: { sip_uri: 'sip:+123456789@trunk.example' } })],
    [
      'dialogflow-es',
      {
        queryResult: {
          fulfillmentMessages: [{ platform: 'TELEPHONY', telephonyTransferCall: { phoneNumber: '+123456789' } }],
        },
      },
    ],
  ] as const)('hands over by its own transfer of a call: %s %j', (dialect, answer) => {
    expect(request(answer, dialect)).toMatchObject({ target: 'sip:+123456789@trunk.example' });
  });

  it('names a mistake in it where the agent wrote it', () => {
    expect(faults(cx({ telephonyTransferCall: { phoneNumber: 'desk' } }), 'dialogflow-cx')[0]).toMatch(
      /^queryResult\.responseMessages\[0\]\.telephonyTransferCall\.phoneNumber is neither/
    );
  });

  it('hears nothing in the kinds of a message that it is not', () => {
    const message = { text: { text: ['Hello'] }, payload: null, liveAgentHandoff: null, endInteraction: null };
    expect(read(cx(message), 'dialogflow-cx')).toMatchObject([{ kind: 'prompt', content: 'Hello' }]);
  });

  const text = (stringValue: string) => ({ stringValue, kind: 'stringValue' });
  const struct = (fields: object) => ({ structValue: { fields }, kind: 'structValue' });
  const activityParams = struct({
    transferTarget: text('+123456789'),
    transferNotifications: { boolValue: true, kind: 'boolValue' },
    transferNotificationsHangupMS: { numberValue: 250, kind: 'numberValue' },
    transferSipHeaders: { listValue: { values: [struct({ name: text('X-A'), value: text('b') })] }, kind: 'listValue' },
    handoverReason: { nullValue: 'NULL_VALUE', kind: 'nullValue' },
  });

  it.each([
    ['metadata', { liveAgentHandoff: { metadata: { fields: { activityParams } } } }],
    [
      'a custom payload',
      {
        payload: {
          fields: {
            activities: {
              listValue: { values: [struct({ type: text('event'), name: text('transfer'), activityParams })] },
            },
          },
        },
      },
    ],
  ])('is read as Google’s client for Node.js gives it: %s', (_, message) => {
    expect(request(cx(message), 'dialogflow-cx')).toMatchObject({
      target: 'sip:+123456789@trunk.example',
      headers: [{ name: 'X-A', value: 'b' }],
      notifications: true,
      notificationsHangupMs: 250,
    });
  });
});

describe('the Bot API', () => {
  it('takes null for what was not given', () => {
    const absent = { id: null, delay: null, sessionParams: null, value: null };
    const params = { transferTarget: '+49301', transferReferredByURL: null, transferNotifications: null };
    const activity = { type: 'event', name: 'transfer', ...absent, activityParams: params };
    expect(request(activity, 'bot-api', { transferNotifications: true })).toMatchObject({ notifications: true });
    expect(request({ ...activity, activityParams: null }, 'bot-api', { transferTarget: '+49302' })).toMatchObject({
      target: 'sip:+49302@trunk.example',
    });
  });
});
