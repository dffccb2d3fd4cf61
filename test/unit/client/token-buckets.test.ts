import { describe, it, expect } from '@jest/globals';
import { createApi } from '../../../client/api/api';
import { TokenBuckets } from '../../../client/api/token-buckets';
import { fakeCalls, fakeOperator, silent } from './api-client';

describe('TokenBuckets', () => {
  const bucketsAt = (clock: { ms: number }): TokenBuckets =>
    new TokenBuckets({ perSecond: 2, burst: 3 }, () => clock.ms);

  it('gives a burst, then so many a second', () => {
    const clock = { ms: 0 };
    const buckets = bucketsAt(clock);
    expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([0, 0, 0, 0.5]);
    clock.ms = 400;
    expect(buckets.take('a')).toBeCloseTo(0.1);
    clock.ms = 500;
    expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 0.5]);
  });

  it('holds no more than the burst', () => {
    const clock = { ms: 0 };
    const buckets = bucketsAt(clock);
    buckets.take('a');
    clock.ms = 60_000;
    expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([0, 0, 0, 0.5]);
  });

  it('keeps each key a bucket of its own, and the longest unused not for ever', () => {
    const buckets = bucketsAt({ ms: 0 });
    for (let i = 0; i < 4; i++) buckets.take('a');
    expect(buckets.take('b')).toBe(0);
    expect(buckets.take('a')).toBe(0.5);
    for (let i = 0; i < 10_000; i++) buckets.take(`other-${i}`);
    expect(buckets.take('a')).toBe(0);
  });
});

describe('the rate of requests', () => {
  it('is limited per token, and per address where none is valid', async () => {
    const tokens = { operator: 'o', channels: [{ botId: 'bot', token: 'b' }] };
    const rateLimit = { perSecond: 0.1, burst: 2 };
    const api = createApi({ calls: fakeCalls(), ...fakeOperator(), tokens, rateLimit, log: silent });
    const statuses = async (token: string): Promise<number[]> => {
      const answers = [];
      for (let i = 0; i < 3; i++)
        answers.push(await api.request('/v1/calls', { headers: { authorization: `Bearer ${token}` } }));
      const late = answers.at(-1);
      expect(Number(late?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(late?.headers.get('content-type')).toBe('application/problem+json');
      return answers.map(({ status }) => status);
    };
    expect(await statuses('b')).toEqual([200, 200, 429]);
    expect(await statuses('o')).toEqual([200, 200, 429]);
    expect(await statuses('guess')).toEqual([401, 401, 429]);
    expect((await api.request('/healthz')).status).toBe(200);
  });
});
