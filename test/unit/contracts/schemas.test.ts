import { describe, it, expect } from '@jest/globals';
import {
  activitiesSchema,
  activitySchema,
  hangupParamsSchema,
  MAX_ACTIVITIES,
  transferParamsSchema,
} from '../../../contracts/schemas';

const pathsOf = (params: object): string[] =>
  transferParamsSchema
    .safeParse({ transferTarget: '1000', ...params })
    .error!.issues.map(({ path }) => path.map(String).join('.'));

describe('transferParamsSchema', () => {
  it('fills in the defaults of the field', () => {
    expect(transferParamsSchema.parse({ transferTarget: '1000' })).toEqual({
      transferTarget: '1000',
      transferSipHeaders: [],
      transferNotifications: false,
      transferNotificationsHangupMS: 5000,
    });
  });

  it('takes a grace of 0 and of 10,000 ms', () => {
    for (const transferNotificationsHangupMS of [0, 10_000])
      expect(transferParamsSchema.parse({ transferTarget: '1', transferNotificationsHangupMS })).toMatchObject({
        transferNotificationsHangupMS,
      });
  });

  it.each([-1, 10_001, 1.5, '5000', null])('refuses a grace of %j', (transferNotificationsHangupMS) => {
    expect(pathsOf({ transferNotificationsHangupMS })).toEqual(['transferNotificationsHangupMS']);
  });

  it('points at the header that is wrong', () => {
    const transferSipHeaders = [
      { name: 'X-A', value: '1' },
      { name: 'Via', value: '1' },
      { name: 'X-B', value: 'a\nb' },
    ];
    expect(pathsOf({ transferSipHeaders })).toEqual(['transferSipHeaders.1.name', 'transferSipHeaders.2.value']);
  });

  it('points at the list when there are too many headers', () => {
    const transferSipHeaders = Array.from({ length: 101 }, (_, i) => ({ name: `X-${i}`, value: '' }));
    expect(pathsOf({ transferSipHeaders })).toEqual(['transferSipHeaders']);
  });

  it.each(['agent@example.com', 'sip:', 'sip:a b', 'sip:a>', 'sip:a\r\nVia: x'])('refuses %j as Referred-By', (url) => {
    expect(pathsOf({ transferReferredByURL: url })).toContain('transferReferredByURL');
  });

  it('tolerates parameters that it does not know', () => {
    expect(transferParamsSchema.safeParse({ transferTarget: '1', somethingNew: 1 }).success).toBe(true);
  });

  it('refuses a reason that would break a header line', () => {
    expect(pathsOf({ handoverReason: 'a\r\nb' })).toEqual(['handoverReason']);
    expect(hangupParamsSchema.safeParse({ hangupReason: 'a\0' }).success).toBe(false);
  });
});

describe('activitySchema', () => {
  it('reads type and name without case', () => {
    expect(activitySchema.parse({ type: 'Event', name: 'HandOver' })).toEqual({
      type: 'event',
      name: 'handover',
      activityParams: {},
      delay: 0,
      sessionParams: {},
    });
  });

  it.each([
    { type: 'message' },
    { type: 'event', name: 'dance' },
    { type: 'event' },
    { type: 'event', name: 'transfer', id: '' },
    { type: 'event', name: 'transfer', id: 'x'.repeat(201) },
    { type: 'event', name: 'transfer', activityParams: [] },
    'transfer',
    null,
  ])('refuses %j', (activity) => {
    expect(activitySchema.safeParse(activity).success).toBe(false);
  });
});

describe('activitiesSchema', () => {
  it.each([[{ name: 'a' }], [[{ name: 'a' }]], [{ activities: [{ name: 'a' }] }]])('reads %j as a list', (payload) => {
    expect(activitiesSchema.parse(payload)).toEqual([{ name: 'a' }]);
  });

  it('takes 1 to 20 activities', () => {
    const list = (length: number): object[] => Array.from({ length }, () => ({}));
    expect(activitiesSchema.safeParse(list(0)).success).toBe(false);
    expect(activitiesSchema.safeParse(list(MAX_ACTIVITIES)).success).toBe(true);
    expect(activitiesSchema.safeParse(list(MAX_ACTIVITIES + 1)).success).toBe(false);
  });
});
