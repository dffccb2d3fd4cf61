import { describe, expect, it } from '@jest/globals';
import { growingPauses, untilSuccess } from '../../../activities/until-success';

describe('growingPauses', () => {
  it('doubles the first pause up to the longest', () => {
    const pauses = growingPauses({ firstMs: 100, longestMs: 500 });
    expect([1, 2, 3, 4, 5].map(() => pauses.next().value)).toEqual([100, 200, 400, 500, 500]);
  });
});

describe('untilSuccess', () => {
  const pauses = { firstMs: 1, longestMs: 2 };

  it('tells of each failure and its pause, and gives what succeeds', async () => {
    const told: unknown[] = [];
    let tries = 0;
    const attempt = (): Promise<string> =>
      ++tries < 4 ? Promise.reject(new Error(`${tries}`)) : Promise.resolve('done');
    const done = untilSuccess(attempt, pauses, (err, pauseMs) => told.push([String(err), pauseMs]));
    await expect(done).resolves.toBe('done');
    expect(told).toEqual([
      ['Error: 1', 1],
      ['Error: 2', 2],
      ['Error: 3', 2],
    ]);
  });

  it('ends with what is thrown at a failure', async () => {
    let tries = 0;
    const attempt = (): Promise<never> => Promise.reject(new Error(`${++tries}`));
    const giveUp = (err: unknown): void => {
      if (tries === 2) throw err;
    };
    await expect(untilSuccess(attempt, pauses, giveUp)).rejects.toThrow('2');
  });
});
