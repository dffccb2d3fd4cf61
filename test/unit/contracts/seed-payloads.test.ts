import { describe, expect, it } from '@jest/globals';
import { readActivities } from '../../../activities/bot/read-activities';
import type { DialectName } from '../../../contracts/dialects';
import { SWITCH_REPLY, TRANSFER_PAYLOADS } from '../../support/seed-payloads';

const POLICY = { host: 'trunk.example', allowTargets: ['^sip:'] };

function requestOf(payload: unknown, dialect?: DialectName): unknown {
  const reading = readActivities(payload, { presets: {}, policy: POLICY, ...(dialect ? { dialect } : {}) });
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
  const [activity] = reading.activities;
  return activity?.kind === 'transfer' ? activity.request : activity;
}

/** What each payload asks for, by what stands in it. */
function expected(text: string): object {
  if (text.includes('+123456789')) return { target: 'sip:+123456789@trunk.example', headers: [], notifications: false };
  const headers = text.includes('X-My-Header') ? [{ name: 'X-My-Header', value: 'my_value' }] : [];
  return { target: 'sip:john@host.com', headers, notifications: text.includes('"transferNotifications": true') };
}

/** A payload as it comes to us: what makers write into a field of their framework stands within a message of it. */
const WRAPPED: Partial<Record<DialectName, (text: string) => unknown>> = {
  'copilot-studio': (text) => ({ type: 'event', name: 'handoff.initiate', value: { va_AgentMessage: text } }),
  'copilot-legacy': (text) => ({ type: 'handoff', text }),
  'dialogflow-cx': (text) => {
    const content = JSON.parse(text) as object;
    const message = 'activities' in content ? { payload: content } : { liveAgentHandoff: { metadata: content } };
    return { queryResult: { responseMessages: [message] } };
  },
  'dialogflow-es': (text) => ({ queryResult: { fulfillmentMessages: [{ payload: JSON.parse(text) as object }] } }),
};

it('has every payload of the page', () => {
  expect(TRANSFER_PAYLOADS).toHaveLength(19);
});

describe.each(TRANSFER_PAYLOADS)('%s: %s', (dialect, text) => {
  it('hands over to what it names, with the defaults for the rest', () => {
    const rest = { notificationsHangupMs: 5000 };
    expect(requestOf(JSON.parse(text), dialect)).toMatchObject({ ...expected(text), ...rest });
  });

  it('is understood on a channel of any dialect, and within a message of its framework', () => {
    expect(requestOf(JSON.parse(text))).toMatchObject(expected(text));
    const wrapped = WRAPPED[dialect]?.(text) ?? { activities: [JSON.parse(text)] };
    expect(requestOf(wrapped, dialect)).toMatchObject(expected(text));
    expect(requestOf(wrapped)).toMatchObject(expected(text));
  });
});

it('JAICP: the switch to another trunk', () => {
  for (const payload of [
    SWITCH_REPLY,
    [SWITCH_REPLY],
    { replies: [SWITCH_REPLY] },
    { data: { replies: [SWITCH_REPLY] } },
  ])
    expect(requestOf(payload, 'jaicp')).toMatchObject({
      target: 'sip:79216665544@trunk.example',
      notifications: false,
    });
});
