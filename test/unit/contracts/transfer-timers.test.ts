import { expect, it } from '@jest/globals';
import { DEFAULT_TRANSFER_TIMERS, timersOf, TRANSFER_TIMER_RANGES } from '../../../contracts/transfer-timers';

const trunk = { id: 't', allowTargets: [], ringTimeoutMs: 30_000, maxCallMs: 1 };

it('takes each timer from the bot, the first pattern that fits the target, the trunk, the defaults', () => {
  const settings = {
    ...trunk,
    transferTimers: { byeLingerMs: 1, probeMs: 700 },
    targetTimers: [
      { match: '+49', timers: { ringTimeoutMs: 20_000, byeLingerMs: 2 } },
      { match: '@peer', timers: { byeLingerMs: 3 } },
    ],
  };
  expect(timersOf(settings, { target: 'sip:+4930@peer' })).toEqual({
    ...DEFAULT_TRANSFER_TIMERS,
    ringTimeoutMs: 20_000,
    byeLingerMs: 2,
    probeMs: 700,
  });
  expect(timersOf(settings, { target: 'sip:x@peer', timeoutMs: 9_000 })).toMatchObject({
    ringTimeoutMs: 9_000,
    byeLingerMs: 3,
  });
  expect(timersOf(trunk)).toEqual({ ...DEFAULT_TRANSFER_TIMERS, ringTimeoutMs: 30_000 });
});

it('has defaults within the ranges', () => {
  for (const [name, [min, max]] of Object.entries(TRANSFER_TIMER_RANGES)) {
    const value = DEFAULT_TRANSFER_TIMERS[name as keyof typeof DEFAULT_TRANSFER_TIMERS];
    expect(value).toBeGreaterThanOrEqual(min);
    expect(value).toBeLessThanOrEqual(max);
  }
});
