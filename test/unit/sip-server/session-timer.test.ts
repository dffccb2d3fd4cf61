import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SessionTimer } from '../../../sip-server/dialog/session-timer';

const events = { refresh: jest.fn(), expire: jest.fn() };
let timer: SessionTimer;

beforeEach(() => {
  jest.useFakeTimers();
  jest.clearAllMocks();
  timer = new SessionTimer();
});

afterEach(() => {
  timer.stop();
  jest.useRealTimers();
});

describe('a session timer', () => {
  it('asks for our refresh at half of the interval, up to 5 s early, and expires at its end', () => {
    timer.start({ intervalS: 1800, isOurRefresh: true, isShared: true }, events);
    jest.advanceTimersByTime(894_999);
    expect(events.refresh).not.toHaveBeenCalled();
    jest.advanceTimersByTime(5001);
    expect(events.refresh).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(899_999);
    expect(events.expire).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(events.expire).toHaveBeenCalledTimes(1);
  });

  it.each([
    [1800, 1768],
    [90, 60],
  ])('of %d s waits %d s for the refresh of the peer', (intervalS, expiresAfterS) => {
    timer.start({ intervalS, isOurRefresh: false, isShared: true }, events);
    jest.advanceTimersByTime(expiresAfterS * 1000 - 1);
    expect(events.expire).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(events.expire).toHaveBeenCalledTimes(1);
    expect(events.refresh).not.toHaveBeenCalled();
  });

  it('ends no session of a peer without timers', () => {
    timer.start({ intervalS: 90, isOurRefresh: true, isShared: false }, events);
    jest.advanceTimersByTime(3_600_000);
    expect(events.expire).not.toHaveBeenCalled();
    timer.restart();
    jest.advanceTimersByTime(45_000);
    expect(events.refresh).toHaveBeenCalledTimes(2);
  });

  it('tries again at half of the time left, or when the peer says', () => {
    timer.start({ intervalS: 100, isOurRefresh: true, isShared: true }, events);
    jest.advanceTimersByTime(50_000);
    timer.retry(0);
    jest.advanceTimersByTime(25_000);
    expect(events.refresh).toHaveBeenCalledTimes(2);
    timer.retry(20_000);
    jest.advanceTimersByTime(19_999);
    expect(events.refresh).toHaveBeenCalledTimes(2);
    jest.advanceTimersByTime(1);
    expect(events.refresh).toHaveBeenCalledTimes(3);
  });

  it('of an interval beyond the longest timer does not fire at once', () => {
    timer.start({ intervalS: 4_294_967_295, isOurRefresh: true, isShared: true }, events);
    jest.advanceTimersByTime(60_000);
    expect(events.refresh).not.toHaveBeenCalled();
    expect(events.expire).not.toHaveBeenCalled();
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
