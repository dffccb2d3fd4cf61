import { describe, expect, it } from '@jest/globals';
import { readActivities } from '../../../activities/bot/read-activities';
import { read, faults, request, POLICY } from './read-dialect';

describe('Copilot Studio', () => {
  const presets = { transferTarget: 'sip:desk@trunk.example' };
  const handoff = (message: string) => ({
    type: 'event',
    name: 'handoff.initiate',
    value: { va_AgentMessage: message },
  });

  it('takes JSON in the message to the agent', () => {
    expect(request(handoff(`{"activityParams":{"transferTarget":"tel:+123456789"}}`), 'copilot-studio')).toMatchObject({
      target: 'sip:+123456789@trunk.example',
    });
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
      {
        payload: {
          activities: [{ type: 'event', name: 'transfer', activityParams: { transferTarget: 'tel:+123456789' } }],
        },
      },
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
