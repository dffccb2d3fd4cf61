import type { LegRecord } from '../../../contracts/leg';
import type { ReferNotified } from '../../../contracts/messages';
import type { TransferOutcome, TransferRequest } from '../../../contracts/transfer';
import { DEFAULT_TRANSFER_TIMERS } from '../../../contracts/transfer-timers';
import type { CallEvent, CallState } from '../../../workflows/call/state';
import { initialCallState } from '../../../workflows/call/state';
import { transition } from '../../../workflows/call/transition';

/** Of the transfers below; the events of their call are in ms since its start. */
export const GRACE_MS = 5_000;

const leg = (kind: 'caller' | 'bot'): LegRecord => ({
  name: { kind, attempt: 0 },
  dialogId: `${kind}@peer;from-tag=x`,
  localTag: 'l',
  remoteTag: 'r',
  localSdp: '',
  remoteSdp: '',
});

export const request = (over: Partial<TransferRequest> = {}): TransferRequest => ({
  activityId: 'a1',
  target: 'sip:agent@peer',
  headers: [],
  notifications: true,
  notificationsHangupMs: GRACE_MS,
  ...over,
});

export const answered: CallEvent = {
  type: 'BotAnswered',
  bot: leg('bot'),
  caller: leg('caller'),
  awaitsAnswer: false,
  atMs: 1_000,
};
export const requested = (over: Partial<TransferRequest> = {}): CallEvent => ({
  type: 'TransferRequested',
  attemptId: 't1',
  method: 'refer',
  request: request(over),
  timers: DEFAULT_TRANSFER_TIMERS,
  atMs: 2_000,
});
export const referAnswered = (sipStatus: number, cseq = 7): CallEvent => ({
  type: 'ReferAnswered',
  attemptId: 't1',
  sipStatus,
  reasonPhrase: 'Phrase',
  cseq,
  atMs: 3_000,
});
export const notified = (sipStatus?: number, over: Partial<ReferNotified> = {}, atMs = 4_000): CallEvent => ({
  type: 'ReferNotified',
  notify: {
    leg: { kind: 'caller', attempt: 0 },
    request: { method: 'NOTIFY', remoteTag: 'r', cseq: 1 },
    ...(sipStatus === undefined ? {} : { sipStatus, reasonPhrase: 'Phrase' }),
    subscription: { state: sipStatus !== undefined && sipStatus >= 200 ? 'terminated' : 'active' },
    ...over,
  },
  atMs,
});
export const callerLeft: CallEvent = { type: 'LegEnded', kind: 'caller', atMs: 4_500 };
export const botLeft: CallEvent = { type: 'LegEnded', kind: 'bot', atMs: 4_500 };
export const deadline = (atMs: number): CallEvent => ({ type: 'DeadlinePassed', attemptId: 't1', atMs });

/** The state of a call after these events. */
export const after = (...events: CallEvent[]): CallState => events.reduce(transition, initialCallState);
export const outcomeOf = (state: CallState): TransferOutcome | undefined => state.attempts.at(-1)?.outcome;
/** Up to the answer to the REFER. */
export const accepted = [answered, requested(), referAnswered(202)] as const;
