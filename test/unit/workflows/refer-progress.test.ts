import { describe, expect, it } from '@jest/globals';
import { DEFAULT_TRANSFER_TIMERS } from '../../../contracts/transfer-timers';
import type { CallEvent, CallState } from '../../../workflows/call/state';
import { initialCallState } from '../../../workflows/call/state';
import { transition } from '../../../workflows/call/transition';

const leg = (kind: 'caller' | 'bot') => ({
  name: { kind, attempt: 0 },
  dialogId: kind,
  localTag: 'l',
  remoteTag: 'r',
  localSdp: '',
  remoteSdp: '',
});
const answered: CallEvent = {
  type: 'BotAnswered',
  bot: leg('bot'),
  caller: leg('caller'),
  awaitsAnswer: false,
  atMs: 1,
};
const requested: CallEvent = {
  type: 'TransferRequested',
  attemptId: 't1',
  method: 'refer',
  request: {
    activityId: 'a1',
    target: 'sip:agent@peer',
    headers: [],
    notifications: true,
    notificationsHangupMs: 5_000,
  },
  timers: DEFAULT_TRANSFER_TIMERS,
  atMs: 2,
};
const referAnswered = (sipStatus: number, atMs = 3): CallEvent => ({
  type: 'ReferAnswered',
  attemptId: 't1',
  sipStatus,
  reasonPhrase: 'Phrase',
  cseq: 7,
  atMs,
});
const notified = (sipStatus: number, over: { referCseq?: number; cause?: number } = {}): CallEvent => ({
  type: 'ReferNotified',
  notify: {
    leg: { kind: 'caller', attempt: 0 },
    request: { method: 'NOTIFY', remoteTag: 'r', cseq: 1 },
    sipStatus,
    reasonPhrase: 'Phrase',
    subscription: { state: sipStatus >= 200 ? 'terminated' : 'active' },
    ...over,
  },
  atMs: 4,
});
const probed = (isAlive: boolean): CallEvent => ({ type: 'LegProbed', attemptId: 't1', isAlive, atMs: 5 });
const callerLeft: CallEvent = { type: 'LegEnded', kind: 'caller', atMs: 6 };
const cancelled: CallEvent = { type: 'TransferCancelled', atMs: 5 };

const after = (...events: CallEvent[]): CallState => events.reduce(transition, initialCallState);
const outcomeOf = (state: CallState) => state.attempts.at(-1)?.outcome;

describe('a REFER without an answer', () => {
  const silent = [answered, requested, referAnswered(408)] as const;

  it('leaves the bot the call when the peer answers OPTIONS', () => {
    const state = after(...silent, probed(true));
    expect(state.phase).toBe('conversing');
    expect(outcomeOf(state)).toMatchObject({ status: 'failed', reasonCode: 'error', evidence: 'timer' });
  });

  it('ends the call when the peer does not', () => {
    expect(after(...silent, probed(false))).toMatchObject({
      phase: 'ended',
      end: { reasonCode: 'error', by: 'fault' },
    });
  });

  it('is decided by a report or a BYE that comes before the word of the probe', () => {
    const reported = after(...silent, notified(180));
    expect(transition(reported, probed(false))).toBe(reported);
    const left = after(...silent, callerLeft);
    expect(transition(left, probed(false))).toBe(left);
  });
});

describe('an attempt that was given up', () => {
  const given = [answered, requested, referAnswered(202), cancelled] as const;

  it('has failed by the bot’s own word, and the bot has the call', () => {
    const state = after(...given);
    expect(state.phase).toBe('conversing');
    expect(outcomeOf(state)).toMatchObject({ status: 'failed', reasonCode: 'error', evidence: 'local' });
  });

  it('makes the caller’s BYE a late transfer when the peer reported success after all', () => {
    expect(after(...given, notified(200), callerLeft)).toMatchObject({
      phase: 'ended',
      end: { reasonCode: 'transferred', by: 'transfer' },
    });
  });

  it('leaves it the caller’s own BYE otherwise', () => {
    for (const report of [notified(180), notified(486), notified(200, { referCseq: 6 })])
      expect(after(...given, report, callerLeft).end?.reasonCode).toBe('client-disconnected');
    expect(
      after(answered, requested, referAnswered(202), notified(486), notified(200), callerLeft).end?.reasonCode
    ).toBe('client-disconnected');
  });

  it('is no longer heard of once another attempt is open', () => {
    const again = after(...given, requested);
    expect(again.loose).toBeUndefined();
    expect(transition(again, notified(200, { referCseq: 7 }))).toBe(again);
  });
});

describe('a REFER that was put off', () => {
  it('has no reports: those that come belong to the next one', () => {
    const state = after(answered, requested, {
      type: 'ReferPutOff',
      attemptId: 't1',
      sipStatus: 491,
      cseq: 7,
      pauseMs: 10,
    });
    expect(transition(state, notified(200, { referCseq: 7 }))).toBe(state);
    expect(transition(state, notified(200, { referCseq: 8 })).phase).toBe('grace');
  });
});

it('takes a REFER that nobody reports on for a transfer', () => {
  const state = after(answered, requested, {
    type: 'ReferAnswered',
    attemptId: 't1',
    sipStatus: 202,
    reasonPhrase: 'Accepted',
    cseq: 7,
    isUnreported: true,
    atMs: 3,
  });
  expect(state.phase).toBe('grace');
  expect(outcomeOf(state)).toMatchObject({ status: 'answered', evidence: 'accepted-only' });
});

it.each([
  [17, 'busy'],
  [18, 'no-answer'],
  [19, 'no-answer'],
  [21, 'declined'],
  [28, 'error'],
])('refines 480 by the Q.850 cause %i to %s', (cause, reasonCode) => {
  expect(outcomeOf(after(answered, requested, referAnswered(202), notified(480, { cause })))).toMatchObject({
    reasonCode,
  });
});

describe('a BYE before we know of the answer to the REFER', () => {
  const left: CallEvent = { type: 'LegEnded', kind: 'caller', answerWithinMs: 3_000, atMs: 6 };
  const open = [answered, requested, left] as const;
  const late = (atMs: number): CallEvent => ({ type: 'DeadlinePassed', attemptId: 't1', atMs });

  it('belongs to the transfer when the peer had taken the REFER', () => {
    const state = after(...open, referAnswered(202, 1_000));
    expect(state.pending?.deadline).toEqual({
      atMs: 1_000 + DEFAULT_TRANSFER_TIMERS.byeLingerMs,
      reason: 'bye-linger',
    });
    expect(outcomeOf(transition(state, late(3_000)))).toMatchObject({ status: 'answered', evidence: 'bye' });
  });

  it.each([408, 481, 487, 603])('is the caller leaving when the answer is %i', (status) => {
    const state = after(...open, referAnswered(status));
    expect(state).toMatchObject({ phase: 'ended', end: { reasonCode: 'client-disconnected' } });
    expect(outcomeOf(state)).toBeUndefined();
  });

  it('is the caller leaving when no answer comes', () => {
    const state = after(...open, late(3_006));
    expect(state).toMatchObject({ phase: 'ended', end: { reasonCode: 'client-disconnected' } });
    expect(outcomeOf(state)).toBeUndefined();
  });
});
