import { describe, expect, it } from '@jest/globals';
import { InvalidActivity } from '../../../client/errors';
import { refuseWhatNoCallTakes } from '../../../client/preflight';

const transfer = (activityParams: object) => ({ type: 'event', name: 'transfer', activityParams });

describe('refuseWhatNoCallTakes', () => {
  it.each([
    [transfer({ transferTarget: 'sip:a@anywhere.example' })],
    [transfer({})],
    ['prose for the agent of a Copilot bot'],
    [{ replies: [{ type: 'buttons' }] }],
    [{ queryResult: { responseMessages: [{ text: { text: ['Hello'] } }] } }],
    [{ activities: [transfer({ transferTarget: '+4930111' }), { type: 'event', name: 'hangup' }] }],
  ])('lets %j through: a call may take it', (payload) => {
    expect(() => refuseWhatNoCallTakes(payload)).not.toThrow();
  });

  it.each([
    [7, 'activities[0]'],
    [transfer({ transferTarget: 'javascript:alert(1)' }), 'activities[0].activityParams.transferTarget'],
    [transfer({ transferNotifications: 'yes' }), 'activities[0].activityParams.transferNotifications'],
    [{ type: 'event', name: 'dance' }, 'activities[0].name'],
    [{}, 'activities[0].type'],
    [{ activities: 7 }, 'activities'],
    [{ replies: [{ type: 'switch', phoneNumber: '1', sipUri: 'a@b' }] }, 'replies[0].phoneNumber'],
  ])('refuses %j at %s', (payload, path) => {
    expect(() => refuseWhatNoCallTakes(payload)).toThrow(InvalidActivity);
    expect(() => refuseWhatNoCallTakes(payload)).toThrow(path);
  });

  it('refuses what is too long, by its characters or its parts', () => {
    for (const payload of [{ type: 'message', text: 'x'.repeat(300_000) }, Array.from({ length: 300_000 }, () => 1)])
      expect(() => refuseWhatNoCallTakes(payload)).toThrow('has more than 262144 characters of JSON');
  });

  it('refuses what is nested too deep, however deep', () => {
    let payload: unknown = 'x';
    for (let depth = 0; depth < 50_000; depth++) payload = [payload];
    expect(() => refuseWhatNoCallTakes({ activities: [payload] })).toThrow('levels deep');
  });
});
