import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CallEvent } from '../../../workflows/call/state';
import { initialCallState } from '../../../workflows/call/state';
import { transition } from '../../../workflows/call/transition';
import { answered, requested, referAnswered, notified, callerLeft, botLeft, deadline, after } from './call-events';

describe('any order of events', () => {
  const atMs = fc.integer({ min: 0, max: 100_000 });
  const event: fc.Arbitrary<CallEvent> = fc.oneof(
    fc.constant<CallEvent>({ type: 'BotInvited' }),
    fc.constant(answered),
    atMs.map((at): CallEvent => ({ type: 'BotUnavailable', reason: 'none', atMs: at })),
    atMs.map((at): CallEvent => ({ type: 'CallerCancelled', atMs: at })),
    fc.boolean().map((notifications) => requested({ notifications })),
    fc.constantFrom(200, 202, 408, 481, 486, 603).map((status) => referAnswered(status)),
    fc.constantFrom(undefined, 100, 180, 200, 404, 486).map((status) => notified(status)),
    fc.constant(notified(undefined, { subscription: { state: 'terminated', reason: 'timeout' } })),
    atMs.map((at): CallEvent => ({ type: 'ReferUnanswered', attemptId: 't1', atMs: at })),
    atMs.map(deadline),
    fc.constantFrom(callerLeft, botLeft),
    atMs.map((at): CallEvent => ({ type: 'HangupRequested', atMs: at })),
    atMs.map((at): CallEvent => ({ type: 'GraceElapsed', atMs: at }))
  );
  const events = fc.array(event, { maxLength: 40 });

  it('never leaves the end, and keeps its reason', () => {
    fc.assert(
      fc.property(events, events, (before, more) => {
        const state = after(...before, { type: 'HangupRequested', atMs: 1 }, { type: 'GraceElapsed', atMs: 1_000_000 });
        const later = more.reduce(transition, state);
        expect([later.phase, later.end]).toEqual(['ended', state.end]);
      })
    );
  });

  it('has a pending attempt exactly while transferring, and gives each attempt one outcome', () => {
    fc.assert(
      fc.property(events, (list) => {
        let state = initialCallState;
        for (const each of list) {
          const next = transition(state, each);
          expect(next.pending !== undefined).toBe(next.phase === 'transferring');
          for (const [i, { outcome }] of state.attempts.entries()) {
            const kept = next.attempts[i]?.outcome;
            expect(outcome === undefined || outcome === kept).toBe(true);
          }
          state = next;
        }
      })
    );
  });

  it('never hands a failed transfer’s caller to nobody: conversing means that both legs are up', () => {
    fc.assert(
      fc.property(events, (list) => {
        const { phase, bot, caller } = after(...list);
        expect(phase !== 'conversing' || (bot?.isUp === true && caller?.isUp === true)).toBe(true);
      })
    );
  });
});
