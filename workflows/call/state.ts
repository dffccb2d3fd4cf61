import type { CallEnd, CallPhase } from '../../contracts/call';
import type { LegKind } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import type { MediaChanged, ReferNotified } from '../../contracts/messages';
import type { TransferAttemptRecord, TransferOutcome, TransferRequest } from '../../contracts/transfer';

/** A side of the call and whether it is there. A bot without a SIP leg has no record. */
export interface Leg {
  record?: LegRecord;
  isUp: boolean;
}

/** Why a pending attempt has a deadline: the target rings, the peer's BYE may be followed by a NOTIFY, the subscription died early. */
export type DeadlineReason = 'ringing' | 'bye-linger' | 'subscription-end';

export interface Deadline {
  atMs: number;
  reason: DeadlineReason;
}

/** A transfer attempt whose outcome is open. */
export interface PendingTransfer {
  attemptId: string;
  request: TransferRequest;
  /** `requested`: the REFER's answer is open. `accepted`: 2xx. `in-doubt`: sent, but no answer is known. */
  stage: 'requested' | 'accepted' | 'in-doubt';
  referCseq?: number;
  /** A NOTIFY with 1xx came: the target was being called. */
  isProgressing: boolean;
  ringTimeoutMs: number;
  deadline?: Deadline;
}

/** The whole truth about a call that a later event depends on. Plain data. */
export interface CallState {
  phase: CallPhase;
  caller?: Leg;
  bot?: Leg;
  pending?: PendingTransfer;
  attempts: TransferAttemptRecord[];
  /** CSeq number of the last REFER that was answered: what is not newer belongs to an older attempt. */
  lastReferCseq?: number;
  answeredAtMs?: number;
  /** The bot made the offer and waits for the caller's answer, which comes in the caller's ACK. */
  awaitsAnswer?: boolean;
  /** In `grace`: when the bot is disconnected. */
  graceUntilMs?: number;
  end?: CallEnd;
  endedAtMs?: number;
}

/** Everything that can happen to a call. `atMs` is workflow time in ms. */
export type CallEvent =
  | { type: 'BotInvited' }
  | { type: 'BotAnswered'; bot?: LegRecord; caller: LegRecord; awaitsAnswer: boolean; atMs: number }
  | { type: 'CallerAcknowledged' }
  | { type: 'CallerGone'; atMs: number }
  | { type: 'BotUnavailable'; reason: string; atMs: number }
  | { type: 'CallerCancelled'; atMs: number }
  | { type: 'TransferRequested'; attemptId: string; request: TransferRequest; ringTimeoutMs: number; atMs: number }
  | { type: 'ReferAnswered'; attemptId: string; sipStatus: number; reasonPhrase: string; cseq: number; atMs: number }
  | { type: 'ReferNotSent'; attemptId: string; reason: string; isDialogGone: boolean; atMs: number }
  | { type: 'ReferUnanswered'; attemptId: string; atMs: number }
  | { type: 'ReferNotified'; notify: ReferNotified; atMs: number }
  | { type: 'DeadlinePassed'; attemptId: string; atMs: number }
  | { type: 'LegEnded'; kind: LegKind; reason?: string; atMs: number }
  | { type: 'MediaChanged'; change: MediaChanged }
  | { type: 'HangupRequested'; reason?: string; atMs: number }
  | { type: 'EndRequested'; reason?: string; atMs: number }
  | { type: 'LimitReached'; atMs: number }
  | { type: 'GraceElapsed'; atMs: number };

export const initialCallState: CallState = { phase: 'arriving', attempts: [] };

export function isUp(leg: Leg | undefined): boolean {
  return leg?.isUp === true;
}

/** @returns the call ended for this reason, or as it is when it had ended */
export function ended(state: CallState, end: CallEnd, atMs: number): CallState {
  if (state.phase === 'ended') return state;
  const { pending: _, graceUntilMs: __, ...rest } = state;
  return { ...rest, phase: 'ended', end: state.end ?? end, endedAtMs: atMs };
}

/** Closes the pending attempt with its outcome and leads the call on from there. */
export function concluded(state: CallState, outcome: TransferOutcome, atMs: number): CallState {
  const { pending, ...rest } = state;
  if (!pending) return state;
  const endedAt = new Date(atMs).toISOString();
  const attempts = rest.attempts.map((attempt) =>
    attempt.attemptId === pending.attemptId ? { ...attempt, endedAt, outcome } : attempt
  );
  const next: CallState = { ...rest, attempts };
  return outcome.status === 'answered' ? intoGrace(next, pending, atMs) : backFromFailure(next, outcome.reason, atMs);
}

function intoGrace(state: CallState, { request }: PendingTransfer, atMs: number): CallState {
  const graceMs = request.notifications && isUp(state.bot) ? request.notificationsHangupMs : 0;
  return {
    ...state,
    phase: 'grace',
    graceUntilMs: atMs + graceMs,
    end: { reasonCode: 'transferred', reason: `transferred to ${request.target}`, by: 'transfer' },
  };
}

function backFromFailure(state: CallState, reason: string, atMs: number): CallState {
  if (!isUp(state.caller)) return ended(state, { reasonCode: 'client-disconnected', reason, by: 'caller' }, atMs);
  if (!isUp(state.bot))
    return ended(
      state,
      { reasonCode: 'error', reason: `transfer failed and the bot has left: ${reason}`, by: 'transfer' },
      atMs
    );
  return { ...state, phase: 'conversing' };
}
