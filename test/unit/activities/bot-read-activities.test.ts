import { describe, it, expect } from '@jest/globals';
import { readActivities } from '../../../activities/bot/read-activities';
import type { ReadContext } from '../../../contracts/read-context';

const policy = { host: 'trunk.example.com', allowTargets: ['^sip:[^@]+@trunk\\.example\\.com$'] };
const context: ReadContext = { presets: {}, policy };
const target = 'sip:agent@trunk.example.com';

const transfer = (activityParams: object, more: object = {}): object => ({
  type: 'event',
  name: 'transfer',
  id: 'a1',
  activityParams: { transferTarget: target, ...activityParams },
  ...more,
});

describe('readActivities', () => {
  it('reads a transfer with all six parameters', () => {
    const payload = transfer({
      handoverReason: 'wants a person',
      transferSipHeaders: [{ name: 'X-Customer', value: '7' }],
      transferReferredByURL: 'sip:bot@trunk.example.com',
      transferNotifications: true,
      transferNotificationsHangupMS: 250,
    });
    expect(readActivities(payload, context)).toEqual({
      sessionParams: {},
      activities: [
        {
          kind: 'transfer',
          id: 'a1',
          name: 'transfer',
          request: {
            activityId: 'a1',
            target,
            reason: 'wants a person',
            headers: [{ name: 'X-Customer', value: '7' }],
            referredBy: 'sip:bot@trunk.example.com',
            notifications: true,
            notificationsHangupMs: 250,
          },
        },
      ],
    });
  });

  it('fills in the defaults and leaves out what was not given', () => {
    expect(readActivities(transfer({}), context)).toEqual({
      sessionParams: {},
      activities: [
        {
          kind: 'transfer',
          id: 'a1',
          name: 'transfer',
          request: { activityId: 'a1', target, headers: [], notifications: false, notificationsHangupMs: 5000 },
        },
      ],
    });
  });

  it('reads handover as a transfer, and hangup, in the order they were sent', () => {
    const payload = {
      activities: [
        transfer({}, { name: 'Handover' }),
        { type: 'event', name: 'hangup', id: 'a2', activityParams: { hangupReason: 'bye' } },
        { type: 'event', name: 'hangup', id: 'a3' },
      ],
    };
    expect(readActivities(payload, context)).toEqual({
      sessionParams: {},
      activities: [
        expect.objectContaining({ kind: 'transfer', id: 'a1', name: 'handover' }),
        { kind: 'hangup', id: 'a2', name: 'hangup', reason: 'bye' },
        { kind: 'hangup', id: 'a3', name: 'hangup' },
      ],
    });
  });

  it('takes each parameter from activityParams, else sessionParams, else presets', () => {
    const presets = {
      handoverReason: 'preset',
      transferNotifications: true,
      transferNotificationsHangupMS: 1,
      transferTarget: 'sip:preset@trunk.example.com',
    };
    const sessionParams = { handoverReason: 'session', transferNotificationsHangupMS: 2 };
    const payload = transfer({ transferNotificationsHangupMS: 3 }, { sessionParams });
    expect(readActivities(payload, { policy, presets })).toMatchObject({
      activities: [{ request: { target, reason: 'session', notifications: true, notificationsHangupMs: 3 } }],
    });
  });

  it('takes what needs media or recordings, without effect, beside what it carries out', () => {
    const payload = [{ type: 'event', name: 'startcallrecording' }, transfer({})];
    expect(readActivities(payload, context)).toMatchObject({
      activities: [{ kind: 'ignored', name: 'startCallRecording' }, { kind: 'transfer' }],
    });
  });

  it('transfers to the preset target when the bot names none', () => {
    const presets = { transferTarget: '1000' };
    expect(readActivities({ type: 'event', name: 'transfer' }, { policy, presets })).toMatchObject({
      activities: [{ request: { target: 'sip:1000@trunk.example.com' } }],
    });
  });

  it('gives an activity without an id one of its own', () => {
    const reading = readActivities([transfer({}, { id: undefined }), transfer({}, { id: undefined })], context);
    const ids = 'activities' in reading ? reading.activities.map(({ id }) => id) : [];
    expect(new Set(ids).size).toBe(2);
    expect(reading).toMatchObject({ activities: ids.map((id) => ({ id, request: { activityId: id } })) });
  });

  it('names every fault with its path and carries out nothing', () => {
    const payload = [
      transfer({
        transferNotifications: 'yes',
        transferSipHeaders: [
          { name: 'X-A', value: '1' },
          { name: 'X-B', value: '1' },
          { name: 'X-C', value: 'a\r\nVia: x' },
        ],
      }),
      { type: 'event', name: 'hangup' },
      { type: 'event', name: 'dance' },
    ];
    expect(readActivities(payload, context)).toEqual({
      faults: [
        { path: 'activities[0].activityParams.transferSipHeaders[2].value', message: 'contains CR, LF or NUL' },
        { path: 'activities[0].activityParams.transferNotifications', message: 'must be a boolean' },
        {
          path: 'activities[2].name',
          message:
            'must be transfer or handover or cancelTransfer or hangup or playUrl or sendDtmf or sendMetaData or config',
        },
      ],
    });
  });

  it('blames the place that a wrong value came from', () => {
    const presets = { transferNotificationsHangupMS: 'long' };
    const payload = transfer({}, { sessionParams: { transferNotifications: 1 } });
    expect(readActivities(payload, { policy, presets })).toEqual({
      faults: [
        { path: 'activities[0].sessionParams.transferNotifications', message: 'must be a boolean' },
        { path: 'presets.transferNotificationsHangupMS', message: 'must be a number' },
      ],
    });
  });

  it('takes so many sessionParams in all, with those that stand, and no more', () => {
    const params = (length: number) => ({ text: 'x'.repeat(length) });
    const config = (sessionParams: object) => ({ type: 'event', name: 'config', sessionParams });
    const standing: ReadContext = { ...context, sessionParams: { before: 'x'.repeat(60_000) } };
    expect(readActivities(config(params(5_000)), standing)).toHaveProperty('activities');
    expect(readActivities(config(params(6_000)), standing)).toMatchObject({
      faults: [{ path: 'activities[0].sessionParams', message: expect.stringContaining('more than 65536') as unknown }],
    });
    expect(readActivities(config({ ...params(6_000), before: null }), standing)).toHaveProperty('activities');
    const full: ReadContext = { ...context, sessionParams: params(70_000) };
    expect(readActivities({ type: 'event', name: 'hangup' }, full)).toHaveProperty('activities');
  });

  it('names a bad target together with other faults', () => {
    const payload = transfer({ transferTarget: 'sip:a@elsewhere.example', transferNotifications: 1 });
    expect(readActivities(payload, context)).toEqual({
      faults: [
        { path: 'activities[0].activityParams.transferNotifications', message: 'must be a boolean' },
        {
          path: 'activities[0].activityParams.transferTarget',
          message: "sip:a@elsewhere.example is not allowed by the trunk's allowTargets",
        },
      ],
    });
  });

  it.each([
    [{ type: 'event', name: 'transfer' }, 'activities[0].activityParams.transferTarget', 'is missing'],
    [transfer({ transferTarget: 7 }), 'activities[0].activityParams.transferTarget', 'must be a string'],
    [transfer({ transferTarget: ' ' }), 'activities[0].activityParams.transferTarget', 'is empty'],
    ['hangup', 'activities[0]', 'must be an object'],
    [null, 'activities[0]', 'must be an object'],
    [[], 'activities', 'must have at least 1 entry'],
    [{ activities: 'all' }, 'activities', 'must be a list'],
  ])('refuses %j', (payload, path, message) => {
    expect(readActivities(payload, context)).toEqual({ faults: [{ path, message }] });
  });
});
