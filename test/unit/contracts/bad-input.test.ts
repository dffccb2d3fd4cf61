import { describe, expect, it } from '@jest/globals';
import { readActivities } from '../../../activities/bot/read-activities';
import type { DialectName } from '../../../contracts/dialects';
import { sessionParamsSchema } from '../../../contracts/schemas';

const POLICY = { host: 'trunk.example', allowTargets: ['^sip:'] };
const header = (name: string, value: unknown): object[] => [{ name, value }];

/** An activity, one of its parameters, a wrong value, and what is said of it. A test holds the list against the schemas. */
const WRONG: [activity: string, param: string, value: unknown, below: string, message: RegExp][] = [
  ['transfer', 'transferTarget', 7, '', /^must be a string$/],
  ['transfer', 'transferTarget', 'javascript:alert(1)', '', /^is neither a sip:/],
  ['transfer', 'transferTarget', 'file:///etc/passwd', '', /^is neither a sip:/],
  ['transfer', 'transferTarget', 'data:text/html,x', '', /^is neither a sip:/],
  ['transfer', 'transferTarget', 'sip:a@b\r\nVia: x', '', /^contains CR, LF or NUL$/],
  ['transfer', 'transferTarget', 'sip:a@b\0.example', '', /^contains CR, LF or NUL$/],
  ['transfer', 'transferTarget', 'sip:a@b?Replaces=x', '', /^has URI headers/],
  ['transfer', 'transferTarget', `sip:${'a'.repeat(2_000)}@b`, '', /^must have at most 2000 characters$/],
  ['transfer', 'transferTargets', 'sip:a@b', '', /^must be a list$/],
  ['transfer', 'transferTargets', ['sip:a@b', 'file:///x'], '[1]', /^is neither a sip:/],
  [
    'transfer',
    'transferTargets',
    [{ transferTarget: 'sip:a@b', transferTimeoutMS: 1 }],
    '[0].transferTimeoutMS',
    /5000/,
  ],
  ['transfer', 'transferPlanTimeoutMS', 'long', '', /^must be a number$/],
  ['transfer', 'handoverReason', 'one\r\nBye: two', '', /^contains CR, LF or NUL$/],
  ['transfer', 'transferSipHeaders', { 'X-A': 'b' }, '', /^must be a list$/],
  ['transfer', 'transferSipHeaders', ['X-A: b'], '[0]', /^must be an object$/],
  ['transfer', 'transferSipHeaders', header('X-A', 7), '[0].value', /^must be a string$/],
  ['transfer', 'transferSipHeaders', header('X-A', 'b\r\nVia: c'), '[0].value', /^contains CR, LF or NUL$/],
  ['transfer', 'transferSipHeaders', header('X-A', 'b\0'), '[0].value', /^contains CR, LF or NUL$/],
  ['transfer', 'transferSipHeaders', header('X-A\r\nVia', 'b'), '[0].name', /^is not a SIP header name/],
  ['transfer', 'transferSipHeaders', header('Via', 'b'), '[0].name', /^Via may not be set/],
  ['transfer', 'transferSipHeaders', Array.from({ length: 101 }, () => header('X-A', 'b')[0]), '', /^101 headers/],
  ['transfer', 'transferSipHeaders', header('X-A', 'b'.repeat(12_000)), '', /^12003 characters/],
  ['transfer', 'transferReferredByURL', 'javascript:x', '', /^is not a sip:/],
  ['transfer', 'transferNotifications', 'yes', '', /^must be a boolean$/],
  ['transfer', 'transferMethod', 'fax', '', /^must be refer or invite or auto$/],
  ['transfer', 'transferNotificationsHangupMS', 10_001, '', /^must be at most 10000$/],
  ['transfer', 'transferNotificationsHangupMS', '5000', '', /^must be a number$/],
  ['transfer', 'transferTimeoutMS', 4_999, '', /^must be at least 5000$/],
  ['transfer', 'continueCall', 'yes', '', /^must be a boolean$/],
  ['cancelTransfer', 'cancelReason', 'a\nb', '', /^contains CR, LF or NUL$/],
  ['hangup', 'hangupReason', 'a\r\nb', '', /^contains CR, LF or NUL$/],
  ['playUrl', 'playUrlUrl', 'file:///etc/passwd', '', /^must be an http:/],
  ['playUrl', 'playUrlFailureHandling', 7, '', /^must be a string$/],
  ['sendDtmf', 'dtmfDigits', '12a', '', /^must be 1 to 20 of/],
  ['sendMetaData', 'sendMetaDataUrl', 'javascript:x', '', /^must be an http:/],
  ['sendMetaData', 'sendMetaDataUrl', 'https://me:secret@host/', '', /^has a user or a password/],
  ['sendMetaData', 'sendMetadataAsSipInfo', 'no', '', /^must be a boolean$/],
  ['sendMetaData', 'sendMetaDataTimeoutMs', 9, '', /^must be at least 10$/],
  ['config', 'notifyParamChange', [7], '[0]', /^must be a string$/],
  ['config', 'language', 'in French', '', /^is not a language tag/],
];

/** What else an activity needs. */
const OTHERS: Readonly<Record<string, object>> = {
  transfer: { transferTarget: 'sip:a@b' },
  playUrl: { playUrlUrl: 'https://a/b.wav' },
};

type Place = 'activityParams' | 'sessionParams';

/** A framework's form of an activity, and where its parameters stand in it. */
const FORMS: [DialectName, (name: string, place: Place, params: object) => unknown, string][] = [
  ['bot-api', (name, place, params) => ({ type: 'event', name, [place]: params }), 'activities[0]'],
  [
    'bot-framework',
    (name, place, params) => ({ type: 'event', name, channelData: { [place]: params } }),
    'activities[0].channelData',
  ],
  [
    'copilot-studio',
    (name, place, params) => ({ type: 'event', name, value: { [place]: params } }),
    'activities[0].value',
  ],
  [
    'copilot-legacy',
    (name, place, params) => ({ type: 'event', name, channelData: { [place]: params } }),
    'activities[0].channelData',
  ],
  [
    'dialogflow-cx',
    (name, place, params) => ({
      queryResult: { responseMessages: [{ payload: { activities: [{ type: 'event', name, [place]: params }] } }] },
    }),
    'queryResult.responseMessages[0].payload.activities[0]',
  ],
  [
    'dialogflow-es',
    (name, place, params) => ({
      queryResult: { fulfillmentMessages: [{ payload: { activities: [{ type: 'event', name, [place]: params }] } }] },
    }),
    'queryResult.fulfillmentMessages[0].payload.activities[0]',
  ],
  ['jaicp', (name, place, params) => ({ type: 'event', name, [place]: params }), 'activities[0]'],
];

function faultsOf(payload: unknown, dialect: DialectName): { path: string; message: string }[] {
  const reading = readActivities(payload, { presets: {}, policy: POLICY, dialect });
  return 'faults' in reading ? reading.faults : [];
}

it('there is a wrong value for every parameter', () => {
  // Whatever stands in transferChannel, the transfer goes on.
  const params = new Set([...WRONG.map(([, param]) => param), 'transferChannel']);
  expect(Object.keys(sessionParamsSchema.shape).filter((name) => !params.has(name))).toEqual([]);
});

describe.each(FORMS)('%s', (dialect, form, root) => {
  const ofActivity = WRONG.filter(([activity]) => activity !== 'config');
  it.each(ofActivity)('%s: %s %j is named', (activity, param, value, below, message) => {
    const payload = form(activity, 'activityParams', { ...OTHERS[activity], [param]: value });
    expect(faultsOf(payload, dialect)).toEqual([
      { path: `${root}.activityParams.${param}${below}`, message: expect.stringMatching(message) },
    ]);
  });

  /** Targets and headers of a plan are looked at when they are used. */
  const ofSession = WRONG.filter(([, param, value]) => param !== 'transferTarget' || typeof value !== 'string');
  it.each(ofSession.filter(([, , , below]) => below !== '[1]'))(
    '%s: %s %j is named for the rest of the call',
    (_, param, value, below, message) => {
      const payload = form('config', 'sessionParams', { [param]: value });
      expect(faultsOf(payload, dialect)).toEqual([
        { path: `${root}.sessionParams.${param}${below}`, message: expect.stringMatching(message) },
      ]);
    }
  );

  it('names the kind of an activity, its id and its delay', () => {
    const named = form('dance', 'activityParams', {});
    expect(faultsOf(named, dialect)).toEqual([
      { path: expect.stringMatching(/\.name$/), message: expect.stringMatching(/^must be transfer or/) },
    ]);
    const activity = { type: 'event', name: 'hangup', id: 7, delay: 'soon' };
    expect(faultsOf({ activities: [activity] }, dialect)).toEqual([
      { path: 'activities[0].id', message: 'must be a string' },
      { path: 'activities[0].delay', message: 'must be a number' },
    ]);
  });
});
