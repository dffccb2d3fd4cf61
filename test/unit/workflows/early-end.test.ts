import { describe, expect, it } from '@jest/globals';
import type { LegName } from '../../../contracts/ids';
import { DEFAULT_TRANSFER_TIMERS } from '../../../contracts/transfer-timers';
import { hasEndedEarly } from '../../../workflows/call/early-end';
import type { CallEvent, CallState } from '../../../workflows/call/state';
import { initialCallState } from '../../../workflows/call/state';
import { transition } from '../../../workflows/call/transition';

const BOT: LegName = { kind: 'bot', attempt: 0 };
const target = (attempt: number): LegName => ({ kind: 'target', attempt });
const record = (name: LegName) => ({
  ...{ name, dialogId: `${name.kind}${name.attempt}`, localTag: 'l', remoteTag: 'r' },
  ...{ localSdp: '', remoteSdp: '' },
});
const endedEarly = (leg: LegName, over: { dialogId?: string; remoteTag?: string } = {}): CallEvent => ({
  type: 'LegEndedEarly',
  end: { leg, ...over },
});
const answered: CallEvent = {
  type: 'BotAnswered',
  bot: record(BOT),
  caller: record({ kind: 'caller', attempt: 0 }),
  awaitsAnswer: false,
  atMs: 1_000,
};
const requested = (attemptId: string, method: 'invite' | 'refer' = 'invite'): CallEvent => ({
  type: 'TransferRequested',
  attemptId,
  method,
  request: { activityId: 'a', target: 'sip:agent@peer', headers: [], notifications: true, notificationsHangupMs: 0 },
  timers: DEFAULT_TRANSFER_TIMERS,
  atMs: 2_000,
});
const refused: CallEvent = {
  type: 'TargetRefused',
  attemptId: 't1',
  sipStatus: 486,
  reasonPhrase: 'Busy',
  atMs: 3_000,
};
const after = (...events: CallEvent[]): CallState => events.reduce(transition, initialCallState);

describe('the end of a leg whose answer is not known yet', () => {
  it('is that of the bot, of a target, or of the target of a call that came back', () => {
    expect(hasEndedEarly(after({ type: 'BotInvited' }, endedEarly(BOT)), record(BOT))).toBe(true);
    expect(hasEndedEarly(after(answered, requested('t1'), endedEarly(target(1))), record(target(1)))).toBe(true);
    const returned: CallEvent = { type: 'CallReturned', attempt: 1, inviteId: 'i' };
    const state = after(answered, requested('t1', 'refer'), returned, endedEarly(target(1)));
    expect(hasEndedEarly(state, record(target(1)))).toBe(true);
  });

  it('is not that of another branch, or of a call to another host', () => {
    const ringing = { type: 'BotInvited' } as const;
    const leftAs = (over: object) => hasEndedEarly(after(ringing, endedEarly(BOT, over)), record(BOT));
    expect([leftAs({ remoteTag: 'other' }), leftAs({ dialogId: 'other' })]).toEqual([false, false]);
    expect(leftAs({ remoteTag: 'r', dialogId: 'bot0' })).toBe(true);
  });

  it.each<[string, CallEvent[], LegName]>([
    ['has answered', [answered], BOT],
    ['nobody calls', [answered], target(1)],
    ['is called by REFER', [answered, requested('t1', 'refer')], target(1)],
    ['was called before', [answered, requested('t1'), refused, requested('t2')], target(1)],
    [
      'has had its talk',
      [answered, requested('t1'), { type: 'TargetAnswered', attemptId: 't1', target: record(target(1)) }],
      target(1),
    ],
    ['belongs to a call that has ended', [{ type: 'CallerCancelled', atMs: 1 }], BOT],
  ])('means nothing where the leg %s', (_, before, leg) => {
    const state = after(...before);
    expect(transition(state, endedEarly(leg))).toBe(state);
  });

  it('leaves the next attempt as it is, and takes little room', () => {
    const state = after(answered, requested('t1'), endedEarly(target(1)), refused, requested('t2'));
    expect(hasEndedEarly(state, record(target(2)))).toBe(false);
    const many = Array.from({ length: 20 }, (_, n) => endedEarly(target(2), { remoteTag: String(n) }));
    expect(many.reduce(transition, state).endedEarly).toHaveLength(8);
  });
});
