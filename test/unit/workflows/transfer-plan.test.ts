import { describe, expect, it } from '@jest/globals';
import type { TransferRequest } from '../../../contracts/transfer';
import { followingRequest } from '../../../workflows/call/transfer/plan';

const LAST_START_MS = 15_000;

const request: TransferRequest = {
  activityId: 'a1',
  target: 'sip:one@peer',
  method: 'invite',
  timeoutMs: 9_000,
  headers: [],
  notifications: true,
  notificationsHangupMs: 0,
  next: [{ target: 'sip:two@peer' }, { target: 'sip:three@peer', method: 'refer' }],
  planTimeoutMs: 20_000,
  planUntilMs: 20_000,
  planLastStartMs: LAST_START_MS,
};

describe('the request that a plan goes on with', () => {
  it('has the next target with its own settings, and the rest of the targets', () => {
    const { target: _, method: __, timeoutMs: ___, next = [], ...common } = request;
    expect(followingRequest(request, 0)).toEqual({ ...common, target: 'sip:two@peer', next: next.slice(1) });
  });

  it('is there up to the last moment at which its target can still ring for the least time, and no later', () => {
    expect(followingRequest(request, LAST_START_MS)).toBeDefined();
    expect(followingRequest(request, LAST_START_MS + 1)).toBeUndefined();
  });

  it('is not there after the last target', () => {
    expect(followingRequest({ ...request, next: [] }, 0)).toBeUndefined();
  });
});
