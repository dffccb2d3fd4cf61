import { describe, expect, it } from '@jest/globals';
import { isSource, SourceLimit } from '../../../sip-server/limits/source-limit';
import { TokenBuckets } from '../../../sip-server/limits/token-buckets';

describe('token buckets', () => {
  it('give a burst at once and then what comes back', () => {
    let now = 0;
    const buckets = new TokenBuckets({ perSecond: 2, burst: 3 }, () => now);
    const taken = (): number => [1, 2, 3, 4, 5].filter(() => buckets.take('a')).length;
    expect(taken()).toBe(3);
    now = 1000;
    expect(taken()).toBe(2);
    now = 1_000_000;
    expect(taken()).toBe(3);
    expect(buckets.take('b')).toBe(true);
  });

  it('are bounded, and keep those in use', () => {
    const buckets = new TokenBuckets({ perSecond: 0, burst: 1 }, () => 0);
    buckets.take('in use');
    for (let other = 0; other < 20_000; other += 1) {
      buckets.take(String(other));
      buckets.take('in use');
    }
    expect(buckets.size).toBe(10_000);
    expect(buckets.take('in use')).toBe(false);
  });
});

describe('the limit of a source', () => {
  const judged = (limit: SourceLimit, address: string, count: number): string[] =>
    Array.from({ length: count }, () => limit.judge(address));

  it('is told to it for a while, then nothing more', () => {
    const verdicts = judged(new SourceLimit({ perSecond: 0, burst: 2, exempt: [] }), '192.0.2.1', 20);
    expect(verdicts.slice(0, 3)).toEqual(['take', 'take', 'refuse']);
    expect(verdicts.filter((verdict) => verdict === 'refuse').length).toBeLessThan(12);
    expect(verdicts.at(-1)).toBe('drop');
  });

  it('is one for all addresses of an IPv6 network of 64 bits', () => {
    const limit = new SourceLimit({ perSecond: 0, burst: 1, exempt: [] });
    expect(limit.judge('2001:db8::1')).toBe('take');
    expect(limit.judge('2001:db8:0:0:ffff::2')).toBe('refuse');
    expect(limit.judge('2001:db8:0:1::1')).toBe('take');
  });

  it('spares addresses and networks that are exempt', () => {
    const limit = new SourceLimit({ perSecond: 0, burst: 1, exempt: ['192.0.2.0/24', '2001:db8::7'] });
    expect(judged(limit, '192.0.2.200', 3)).toEqual(['take', 'take', 'take']);
    expect(judged(limit, '2001:db8::7', 3)).toEqual(['take', 'take', 'take']);
    expect(judged(limit, '198.51.100.1', 2)).toEqual(['take', 'refuse']);
  });

  it('knows addresses and networks from other text', () => {
    expect(['192.0.2.1', '10.0.0.0/8', '::1', '2001:db8::/32'].filter(isSource)).toHaveLength(4);
    expect(['', 'trunk', '10.0.0.0/99', '10.0.0.0/', '1.2.3/8', '10.0.0.0/8/8'].filter(isSource)).toEqual([]);
  });
});
