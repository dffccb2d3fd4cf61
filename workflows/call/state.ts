import type { CallEnd, CallPhase } from '../../contracts/call';
import type { LegKind } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import type { SendReferResult } from '../../contracts/activities-sip';
import type { MediaChanged, ReferNotified } from '../../contracts/messages';
import type { ReferProfile, TransferAttemptRecord, TransferMethod, TransferRequest } from '../../contracts/transfer';
import type { TransferTimers } from '../../contracts/transfer-timers';
import type { EarlyEnd } from './early-end';
import type { LooseRefer, PendingTransfer } from './transfer/pending';
import type { ReturnedState } from './transfer/returned-progress';

/** A side of the call and whether it is there. A bot without a SIP leg has no record. */
export interface Leg {
  record?: LegRecord;
  isUp: boolean;
}

export interface LegOfTransfer extends Leg {
  record: LegRecord;
}

/** The whole truth about a call that a later event depends on. Plain data. */
export interface CallState {
  phase: CallPhase;
  caller?: Leg;
  bot?: Leg;
  pending?: PendingTransfer;
  /** Legs of transfer targets, and of calls that came back; each has a record. */
  transferLegs?: LegOfTransfer[];
  /** The caller's side, if it talks with a target and no longer with the bot: the target's attempt. */
  joinedTarget?: number;
  /** Legs that hung up while their answers were not known yet. */
  endedEarly?: EarlyEnd[];
  /** The bot waits for the target to leave: then the caller is the bot's again. */
  continues?: boolean;
  /** It waits also while a further target is called. */
  keepsWaiting?: boolean;
  /** The target has left, and caller and bot are about to be joined again. */
  isReturning?: boolean;
  /** What a plan goes on with, its last attempt having failed. */
  planned?: TransferRequest;
  /** The last call that a peer opened to us because of a REFER. */
  returned?: ReturnedState;
  attempts: TransferAttemptRecord[];
  /** CSeq number of the last REFER that was answered: what is not newer belongs to an older attempt. */
  lastReferCseq?: number;
  /** A REFER whose attempt was given up without the peer's last word: it may still succeed. */
  loose?: LooseRefer;
  answeredAtMs?: number;
  /** Why the bot's conversation broke. While a target has the caller, or is called, the call goes on. */
  botLost?: string;
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
  | { type: 'BotLost'; reason: string }
  | { type: 'BotFailed'; reason: string; atMs: number }
  | {
      type: 'TransferRequested';
      attemptId: string;
      method: TransferMethod;
      /** Of a REFER: final answers after which the INVITE follows. */
      fallsBackOn?: number[];
      request: TransferRequest;
      /** `id` of the trunk that it goes over, where the bot named a channel. */
      trunk?: string;
      timers: TransferTimers;
      byeWhileRinging?: ReferProfile['byeWhileRinging'];
      /** A bot that waits has the caller back when this attempt fails and the target has left meanwhile. */
      keepsWaiting?: true;
      returnSecret?: string;
      atMs: number;
    }
  | { type: 'TransferRefused'; attemptId: string; reason: string; atMs: number }
  | { type: 'TransferCancelled'; reason?: string; atMs: number }
  | ({ type: 'ReferAnswered'; attemptId: string; atMs: number } & SendReferResult)
  | { type: 'ReferPutOff'; attemptId: string; sipStatus: number; cseq: number; pauseMs: number }
  | { type: 'LegProbed'; attemptId: string; isAlive: boolean; atMs: number }
  | { type: 'ReferNotSent'; attemptId: string; reason: string; isDialogGone: boolean; atMs: number }
  | { type: 'ReferUnanswered'; attemptId: string; atMs: number }
  | { type: 'ReferNotified'; notify: ReferNotified; atMs: number }
  | { type: 'DeadlinePassed'; attemptId: string; atMs: number }
  | { type: 'TargetAnswered'; attemptId: string; target: LegRecord }
  | { type: 'TargetRefused'; attemptId: string; sipStatus: number; reasonPhrase: string; atMs: number }
  | { type: 'TargetSilent'; attemptId: string; atMs: number }
  | { type: 'TargetNotCalled'; attemptId: string; reason: string; atMs: number }
  | { type: 'TargetJoined'; attemptId: string; legs: LegRecord[]; atMs: number }
  | {
      type: 'JoinFailed';
      attemptId: string;
      reason: string;
      sipStatus?: number;
      isCallerGone: boolean;
      atMs: number;
    }
  | {
      type: 'LegEnded';
      kind: LegKind;
      attempt?: number;
      reason?: string;
      answerWithinMs?: number;
      /** Nobody has ended it: the SIP server has lost it. */
      isLost?: true;
      atMs: number;
    }
  | { type: 'LegEndedEarly'; end: EarlyEnd }
  | { type: 'CallerReturned'; isCallerGone: boolean; atMs: number }
  | { type: 'CallReturned'; attempt: number; inviteId: string }
  | { type: 'ReturnedJoined'; attempt: number; returned: LegRecord; target: LegRecord; atMs: number }
  | { type: 'ReturnedRefused'; attempt: number; sipStatus: number; reasonPhrase: string; atMs: number }
  | { type: 'ReturnedGone'; inviteId: string; atMs: number }
  | { type: 'NodeLost'; reason?: string; atMs: number }
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
