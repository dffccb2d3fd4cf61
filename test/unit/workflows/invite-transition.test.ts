import { describe, expect, it } from '@jest/globals';
import type { LegKind } from '../../../contracts/ids';
import type { LegRecord } from '../../../contracts/leg';
import { DEFAULT_TRANSFER_TIMERS } from '../../../contracts/transfer-timers';
import { joinedLegs } from '../../../workflows/call/legs';
import type { CallEvent, CallState } from '../../../workflows/call/state';
import { initialCallState } from '../../../workflows/call/state';
import { transition } from '../../../workflows/call/transition';

const leg = (kind: LegKind, attempt = 0): LegRecord => ({
  name: { kind, attempt },
  dialogId: `${kind}${attempt}`,
  localTag: 'l',
  remoteTag: 'r',
  localSdp: 'v=1',
  remoteSdp: 'v=2',
});

const answered: CallEvent = {
  type: 'BotAnswered',
  bot: leg('bot'),
  caller: leg('caller'),
  awaitsAnswer: false,
  atMs: 1_000,
};
const requested = (
  attemptId: string,
  over: Partial<Extract<CallEvent, { type: 'TransferRequested' }>> = {}
): CallEvent => ({
  type: 'TransferRequested',
  attemptId,
  method: 'invite',
  request: {
    activityId: 'a',
    target: 'sip:agent@peer',
    headers: [],
    notifications: true,
    notificationsHangupMs: 5_000,
  },
  timers: DEFAULT_TRANSFER_TIMERS,
  atMs: 2_000,
  ...over,
});
const targetAnswered = (attemptId: string, attempt = 1): CallEvent => ({
  type: 'TargetAnswered',
  attemptId,
  target: leg('target', attempt),
});
const joined = (attemptId: string, attempt = 1): CallEvent => ({
  type: 'TargetJoined',
  attemptId,
  legs: [{ ...leg('caller'), localSdp: 'v=3' }, leg('target', attempt)],
  atMs: 3_000,
});
const left = (kind: LegKind, attempt = 0): CallEvent => ({ type: 'LegEnded', kind, attempt, atMs: 4_000 });
const graceOver: CallEvent = { type: 'GraceElapsed', atMs: 8_000 };
const after = (...events: CallEvent[]): CallState => events.reduce(transition, initialCallState);
const isJoined = [answered, requested('t1'), targetAnswered('t1'), joined('t1')] as const;
const isConnected = [...isJoined, graceOver, left('bot')] as const;

describe('a transfer by INVITE', () => {
  it('goes over the grace to connected, its legs with their new descriptions', () => {
    expect(after(...isJoined)).toMatchObject({
      phase: 'grace',
      graceUntilMs: 8_000,
      caller: { record: { localSdp: 'v=3' } },
    });
    const state = after(...isConnected);
    expect(state.phase).toBe('connected');
    expect(state.end).toBeUndefined();
    expect(joinedLegs(state)).toEqual([[leg('caller').name, leg('target', 1).name]]);
  });

  it('has no grace when the bot has left', () => {
    expect(after(answered, requested('t1'), left('bot'), targetAnswered('t1'), joined('t1')).phase).toBe('connected');
  });

  it('ends after the grace when caller or target left in it', () => {
    for (const kind of [left('caller'), left('target', 1)])
      expect(after(...isJoined, kind, graceOver)).toMatchObject({ phase: 'ended', end: { reasonCode: 'transferred' } });
  });

  it('ends with the caller while the target rings or is joined', () => {
    for (const before of [[requested('t1')], [requested('t1'), targetAnswered('t1')]])
      expect(after(answered, ...before, left('caller'))).toMatchObject({
        phase: 'ended',
        end: { reasonCode: 'client-disconnected' },
      });
  });

  it('takes no word of another attempt', () => {
    const state = after(answered, requested('t2'));
    for (const event of [targetAnswered('t1'), joined('t1')]) expect(transition(state, event)).toBe(state);
  });

  it.each<[CallEvent, object]>([
    [
      { type: 'TargetRefused', attemptId: 't1', sipStatus: 486, reasonPhrase: 'Busy', atMs: 3 },
      { reasonCode: 'busy', evidence: 'response', sipStatus: 486 },
    ],
    [
      { type: 'TargetSilent', attemptId: 't1', atMs: 3 },
      { reasonCode: 'no-answer', evidence: 'timer' },
    ],
    [
      { type: 'TargetNotCalled', attemptId: 't1', reason: 'x', atMs: 3 },
      { reasonCode: 'error', evidence: 'local' },
    ],
    [
      { type: 'JoinFailed', attemptId: 't1', reason: 'x', sipStatus: 488, isCallerGone: false, atMs: 3 },
      { reasonCode: 'error', evidence: 'media', sipStatus: 488 },
    ],
  ])('fails on %j, and the bot has the caller', (event, outcome) => {
    const state = after(answered, requested('t1'), event);
    expect(state.phase).toBe('conversing');
    expect(state.attempts[0]?.outcome).toMatchObject({ status: 'failed', ...outcome });
  });
});

describe('connected', () => {
  it.each<[CallEvent, string]>([
    [left('caller'), 'caller'],
    [left('target', 1), 'target'],
  ])('ends on %j as transferred', (event, by) => {
    expect(after(...isConnected, event)).toMatchObject({ phase: 'ended', end: { reasonCode: 'transferred', by } });
  });

  it('is where a second transfer that fails leads back to', () => {
    const refused: CallEvent = {
      type: 'TargetRefused',
      attemptId: 't2',
      sipStatus: 603,
      reasonPhrase: 'No',
      atMs: 9_000,
    };
    expect(after(...isConnected, requested('t2'), refused).phase).toBe('connected');
  });

  it('goes on with the second target when that has been joined, whatever the first does then', () => {
    const state = after(...isConnected, requested('t2'), targetAnswered('t2', 2), joined('t2', 2));
    expect(joinedLegs(state)).toEqual([[leg('caller').name, leg('target', 2).name]]);
    expect(transition(state, left('target', 1)).phase).toBe('connected');
  });
});

describe('auto', () => {
  const refer = requested('t1', { method: 'refer', fallsBackOn: [405] });
  const refused = (sipStatus: number): CallEvent => ({
    type: 'ReferAnswered',
    attemptId: 't1',
    sipStatus,
    reasonPhrase: 'No',
    cseq: 0,
    atMs: 3_000,
  });

  it('goes on by INVITE within the same attempt', () => {
    const state = after(answered, refer, refused(405));
    expect(state.pending).toMatchObject({ method: 'invite', stage: 'inviting', attemptId: 't1' });
    expect(state.attempts).toMatchObject([{ method: 'invite', referRefused: { sipStatus: 405 } }]);
  });

  it('fails on any other answer', () => {
    expect(after(answered, refer, refused(404))).toMatchObject({
      phase: 'conversing',
      attempts: [{ method: 'refer' }],
    });
  });
});
