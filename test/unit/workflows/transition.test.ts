import { describe, expect, it } from '@jest/globals';
import { DEFAULT_TRANSFER_TIMERS } from '../../../contracts/transfer-timers';
import type { CallEvent } from '../../../workflows/call/state';
import { transition } from '../../../workflows/call/transition';
import {
  GRACE_MS,
  answered,
  requested,
  referAnswered,
  notified,
  callerLeft,
  botLeft,
  deadline,
  after,
  outcomeOf,
  accepted,
} from './call-events';

const { ringTimeoutMs: RING_MS, byeLingerMs, subscriptionEndWatchMs } = DEFAULT_TRANSFER_TIMERS;

describe('set-up', () => {
  it('goes from arriving over ringing to conversing', () => {
    expect(after({ type: 'BotInvited' }).phase).toBe('ringing');
    expect(after({ type: 'BotInvited' }, answered).phase).toBe('conversing');
  });

  it('ends as bot-unavailable when the bot does not answer', () => {
    const state = after({ type: 'BotInvited' }, { type: 'BotUnavailable', reason: '486', atMs: 1 });
    expect(state).toMatchObject({ phase: 'ended', end: { reasonCode: 'bot-unavailable' } });
  });

  it('ends as caller-cancelled before the answer and as client-disconnected after it', () => {
    expect(after({ type: 'CallerCancelled', atMs: 1 }).end?.reasonCode).toBe('caller-cancelled');
    const crossed = after(answered, { type: 'CallerCancelled', atMs: 1 });
    expect(crossed.end?.reasonCode).toBe('client-disconnected');
    expect(crossed.answeredAtMs).toBeUndefined();
  });
});

describe('conversing', () => {
  it.each<[CallEvent, string]>([
    [callerLeft, 'client-disconnected'],
    [botLeft, 'bot-disconnected'],
    [{ type: 'HangupRequested', reason: 'bye', atMs: 5 }, 'bot-disconnected'],
  ])('ends on %j', (event, reasonCode) => {
    expect(after(answered, event)).toMatchObject({ phase: 'ended', end: { reasonCode } });
  });

  it('keeps the new session descriptions of its legs', () => {
    const change = { legs: [{ leg: { kind: 'bot' as const, attempt: 0 }, localSdp: 'v=1', remoteSdp: 'v=2' }] };
    expect(after(answered, { type: 'MediaChanged', change }).bot?.record).toMatchObject({
      localSdp: 'v=1',
      remoteSdp: 'v=2',
    });
  });
});

describe('the answer to the REFER', () => {
  it.each([200, 202, 204])('is an acceptance for %i', (status) => {
    const { pending, phase } = after(answered, requested(), referAnswered(status));
    expect(phase).toBe('transferring');
    expect(pending).toMatchObject({
      stage: 'accepted',
      referCseq: 7,
      deadline: { atMs: 3_000 + RING_MS, reason: 'ringing' },
    });
  });

  it.each([
    [403, 'error'],
    [405, 'error'],
    [500, 'error'],
    [603, 'declined'],
  ])('gives the bot the call back for %i', (status, reasonCode) => {
    const state = after(answered, requested(), referAnswered(status));
    expect(state.phase).toBe('conversing');
    expect(outcomeOf(state)).toMatchObject({ status: 'failed', evidence: 'response', reasonCode, sipStatus: status });
  });

  it('ends the call for 481: the leg is dead', () => {
    expect(after(answered, requested(), referAnswered(481))).toMatchObject({
      phase: 'ended',
      end: { reasonCode: 'error' },
    });
  });

  it('leaves the attempt in doubt when none comes, and failed when nothing else comes either', () => {
    const state = after(answered, requested(), { type: 'ReferUnanswered', attemptId: 't1', atMs: 3_000 });
    expect(state.pending?.stage).toBe('in-doubt');
    const later = transition(state, deadline(3_000 + RING_MS));
    expect(later.phase).toBe('conversing');
    expect(outcomeOf(later)).toMatchObject({ status: 'failed', evidence: 'in-doubt' });
  });
});

describe('the final NOTIFY', () => {
  it.each([200, 202])('of %i leads into the grace with notifications', (status) => {
    const state = after(...accepted, notified(100), notified(status));
    expect(state).toMatchObject({ phase: 'grace', graceUntilMs: 4_000 + GRACE_MS, end: { reasonCode: 'transferred' } });
    expect(outcomeOf(state)).toMatchObject({ status: 'answered', evidence: 'notify', sipStatus: status });
  });

  it.each([
    [486, 'busy'],
    [600, 'busy'],
    [603, 'declined'],
    [408, 'no-answer'],
    [480, 'no-answer'],
    [404, 'error'],
    [302, 'error'],
    [503, 'error'],
  ])('of %i gives the bot the call back as %s', (status, reasonCode) => {
    const state = after(...accepted, notified(status));
    expect(state.phase).toBe('conversing');
    expect(outcomeOf(state)).toMatchObject({ status: 'failed', evidence: 'notify', reasonCode, sipStatus: status });
  });

  it('counts before the REFER’s own answer, of which only the CSeq is then kept', () => {
    const early = after(answered, requested(), notified(200));
    expect(early.phase).toBe('grace');
    expect(transition(early, referAnswered(202))).toEqual({ ...early, lastReferCseq: 7 });
  });

  it('before the REFER’s own answer makes a BYE part of the transfer', () => {
    expect(after(answered, requested(), notified(180), callerLeft).pending?.deadline?.reason).toBe('bye-linger');
  });

  it('of an older REFER changes nothing', () => {
    const state = after(...accepted);
    expect(transition(state, notified(200, { referCseq: 6 }))).toBe(state);
    const second = after(...accepted, notified(486), requested());
    expect(transition(second, notified(200, { referCseq: 7 }))).toBe(second);
    expect(transition(second, notified(200, { referCseq: 8 })).phase).toBe('grace');
  });

  it('after the outcome changes nothing', () => {
    const state = after(...accepted, notified(486));
    expect(transition(state, notified(200))).toBe(state);
  });
});

describe('the peer’s BYE after acceptance', () => {
  it('is presumed an answer when no NOTIFY follows', () => {
    const state = after(...accepted, callerLeft, deadline(4_500 + byeLingerMs));
    expect(outcomeOf(state)).toMatchObject({ status: 'answered', evidence: 'bye' });
    expect(state.phase).toBe('grace');
  });

  it('is ambiguous after a provisional NOTIFY', () => {
    const state = after(...accepted, notified(180), callerLeft, deadline(4_500 + byeLingerMs));
    expect(outcomeOf(state)).toMatchObject({ status: 'answered', evidence: 'bye-ambiguous' });
  });

  it('may be followed by the final NOTIFY', () => {
    expect(outcomeOf(after(...accepted, callerLeft, notified(200)))).toMatchObject({
      status: 'answered',
      evidence: 'notify-late',
    });
    const lost = after(...accepted, callerLeft, notified(486));
    expect(lost).toMatchObject({ phase: 'ended', end: { reasonCode: 'client-disconnected' } });
  });

  it('before acceptance is the caller leaving', () => {
    const state = after(answered, requested(), callerLeft);
    expect(state).toMatchObject({ phase: 'ended', end: { reasonCode: 'client-disconnected' } });
    expect(outcomeOf(state)).toBeUndefined();
  });
});

describe('a subscription that ends without a final status', () => {
  it('is undecided until the peer’s BYE has had its time', () => {
    const state = after(...accepted, notified(100, { subscription: { state: 'terminated', reason: 'noresource' } }));
    expect(state.pending?.deadline).toEqual({ atMs: 4_000 + subscriptionEndWatchMs, reason: 'subscription-end' });
    expect(outcomeOf(transition(state, deadline(4_000 + subscriptionEndWatchMs)))).toMatchObject({
      evidence: 'sub-ended',
    });
  });

  it('is a refusal when the notifier says rejected', () => {
    const state = after(
      ...accepted,
      notified(undefined, { subscription: { state: 'terminated', reason: 'rejected' } })
    );
    expect(outcomeOf(state)).toMatchObject({ status: 'failed', reasonCode: 'declined', evidence: 'sub-ended' });
  });
});

describe('without notifications', () => {
  const released = [answered, requested({ notifications: false }), referAnswered(202), botLeft] as const;

  it('a failure has nobody to take the caller back', () => {
    expect(after(...released, notified(486))).toMatchObject({ phase: 'ended', end: { reasonCode: 'error' } });
  });

  it('an answer has no grace', () => {
    expect(after(...released, notified(200))).toMatchObject({ phase: 'grace', graceUntilMs: 4_000 });
  });
});

describe('grace', () => {
  const inGrace = [...accepted, notified(200)] as const;

  it('ends when its time has come and not before', () => {
    const state = after(...inGrace);
    expect(transition(state, { type: 'GraceElapsed', atMs: 4_000 + GRACE_MS - 1 })).toBe(state);
    expect(transition(state, { type: 'GraceElapsed', atMs: 4_000 + GRACE_MS })).toMatchObject({
      phase: 'ended',
      end: { reasonCode: 'transferred' },
    });
  });

  it('is not cut short by the caller’s or the bot’s BYE', () => {
    expect(after(...inGrace, callerLeft).phase).toBe('grace');
    expect(after(...inGrace, botLeft)).toMatchObject({ phase: 'grace', end: { reasonCode: 'transferred' } });
  });
});
