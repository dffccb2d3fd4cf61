import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { now } from '../../../sip-server/clock';
import { SessionTimer } from '../../../sip-server/dialog/session-timer';

let timer: SessionTimer;

beforeEach(() => {
  jest.useFakeTimers();
  timer = new SessionTimer();
});

afterEach(() => {
  jest.useRealTimers();
});

function dueAfter(ms: number): ReturnType<SessionTimer['takeDue']> {
  jest.advanceTimersByTime(ms);
  return timer.takeDue();
}

describe('a session timer', () => {
  it('asks for our refresh at half of the interval, up to 5 s early, and expires at its end', () => {
    timer.start({ intervalS: 1800, isOurRefresh: true, isShared: true });
    expect(dueAfter(894_999)).toBeUndefined();
    expect(dueAfter(5001)).toBe('refresh');
    expect(dueAfter(899_999)).toBeUndefined();
    expect(dueAfter(1)).toBe('expire');
    expect(timer.dueAt).toBeUndefined();
  });

  it.each([
    [1800, 1768],
    [90, 60],
  ])('of %d s waits %d s for the refresh of the peer', (intervalS, expiresAfterS) => {
    timer.start({ intervalS, isOurRefresh: false, isShared: true });
    expect(timer.dueAt).toBe(now() + expiresAfterS * 1000);
    expect(dueAfter(expiresAfterS * 1000 - 1)).toBeUndefined();
    expect(dueAfter(1)).toBe('expire');
  });

  it('ends no session of a peer without timers', () => {
    timer.start({ intervalS: 90, isOurRefresh: true, isShared: false });
    expect(dueAfter(3_600_000)).toBe('refresh');
    expect(dueAfter(3_600_000)).toBeUndefined();
    timer.restart();
    expect(dueAfter(45_000)).toBe('refresh');
  });

  it('tries again at half of the time left, or when the peer says', () => {
    timer.start({ intervalS: 100, isOurRefresh: true, isShared: true });
    expect(dueAfter(50_000)).toBe('refresh');
    timer.retry(0);
    expect(dueAfter(25_000)).toBe('refresh');
    timer.retry(20_000);
    expect(dueAfter(19_999)).toBeUndefined();
    expect(dueAfter(1)).toBe('refresh');
  });

  it('goes on from where another one stood', () => {
    timer.start({ intervalS: 1800, isOurRefresh: true, isShared: true });
    const later = new SessionTimer();
    later.state = JSON.parse(JSON.stringify(timer.state)) as SessionTimer['state'];
    expect(later.dueAt).toBe(timer.dueAt);
    jest.advanceTimersByTime(1_800_000);
    expect(later.takeDue()).toBe('expire');
  });

  it('makes what would collide with a refresh wait for its end', () => {
    const send = jest.fn();
    timer.beginRefresh();
    timer.whenRefreshed(send);
    expect(send).not.toHaveBeenCalled();
    timer.endRefresh();
    timer.whenRefreshed(send);
    expect(send).toHaveBeenCalledTimes(2);
    expect(timer.isRefreshing).toBe(false);
  });
});
