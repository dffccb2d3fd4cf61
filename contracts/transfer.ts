import type { TransferOver, TrunkReason } from './transfer-over';

/** What a transfer is asked for, how it goes and how it ends: the words shared by bots, workflow, SIP side and records. */

export interface SipHeaderField {
  name: string;
  value: string;
}

/** A transfer request after validation: every default is filled in. Field facts: AudioCodes VoiceAI Connect, "Transferring the call". */
export interface TransferRequest {
  /** The bot's activity id; a repeated id is the same request. */
  activityId: string;
  /** `sip:` or `tel:` URI of the transfer target. */
  target: string;
  /** `handoverReason`: free text for the record. */
  reason?: string;
  /** `transferSipHeaders`: at most 100, at most 12,000 characters of names and values. */
  headers: SipHeaderField[];
  /** `transferReferredByURL` (RFC 3892). */
  referredBy?: string;
  /** `transferNotifications`: the bot keeps the call until the outcome is known, and hears it. */
  notifications: boolean;
  /** `transferNotificationsHangupMS`: grace in ms before the bot is disconnected after an answered transfer, 0 to 10,000. */
  notificationsHangupMs: number;
  /** `transferMethod`; absent: the trunk's. */
  method?: TransferMethodChoice;
  /** `transferChannel`; absent: the trunk that the call came in on. */
  over?: TransferOver;
  /** `transferTimeoutMS`: how long the target may ring in ms; the trunk's time-out when absent. */
  timeoutMs?: number;
  /** CSeq number of the bot's REFER that asked for it; the bot is told by NOTIFY how it goes. */
  referCseq?: number;
  /** `transferTargets` after the first: each is called when the one before it has failed. */
  next?: NextTarget[];
  /** `transferPlanTimeoutMS`: no further target is called after this many ms. */
  planTimeoutMs?: number;
  /** A target with less of the plan left than this, in ms, is not called. Absent in requests of older histories. */
  planLeastMs?: number;
  /** When the time of the plan is up, in ms since the epoch; known from the first attempt on. */
  planUntilMs?: number;
  /** After this moment, in ms since the epoch, no further target is called: it could not ring for the least time any more. */
  planLastStartMs?: number;
  /** `continueCall`: when the target leaves, the caller comes back to the bot, which waits meanwhile. Goes by INVITE. */
  continueCall?: true;
}

/** How a trunk's peers take REFER. */
export interface ReferProfile {
  /** Peers are asked for no reports (RFC 4488); one that agrees counts as an answered transfer. Default false. */
  norefersub?: boolean;
  /** What a peer's BYE means between its report of ringing and any final one: it is the same on the wire. Default `answered`. */
  byeWhileRinging?: 'answered' | 'failed';
}

/** A target that a plan goes on to. */
export interface NextTarget {
  /** `sip:` or `tel:` URI. */
  target: string;
  method?: TransferMethodChoice;
  timeoutMs?: number;
  over?: TransferOver;
}

export const TRANSFER_LIMITS = {
  planTargets: 10,
  /** How long a plan may take in all: callers do not wait longer. */
  defaultPlanMs: 180_000,
  maxPlanMs: 600_000,
  headers: 100,
  headerCharacters: 12_000,
  maxHangupMs: 10_000,
  defaultHangupMs: 5_000,
  minTimeoutMs: 5_000,
  maxTimeoutMs: 180_000,
} as const;

export type TransferReasonCode = 'no-answer' | 'busy' | 'declined' | 'error';

/**
 * What an outcome rests on. `notify`: final NOTIFY; `notify-late`: after the peer's BYE; `bye`: BYE after acceptance, presumed;
 * `bye-ambiguous`: BYE after a provisional NOTIFY; `response`: answer to our request; `accepted-only`: taken by a peer that reports
 * nothing; `timer`: ours ran out; `sub-ended`: the subscription ended without a final status; `media`: the target answered, but caller and
 * target could not be joined; `in-doubt`: we cannot know whether the peer acted; `local`: decided here.
 */
export type TransferEvidence =
  | 'notify'
  | 'notify-late'
  | 'bye'
  | 'bye-ambiguous'
  | 'response'
  | 'accepted-only'
  | 'timer'
  | 'sub-ended'
  | 'media'
  | 'in-doubt'
  | 'local';

export type TransferOutcome =
  | { status: 'answered'; evidence: TransferEvidence; sipStatus?: number; reason?: string }
  | {
      status: 'failed';
      evidence: TransferEvidence;
      reasonCode: TransferReasonCode;
      sipStatus?: number;
      reason: string;
    };

export const TRANSFER_METHODS = ['refer', 'invite'] as const;
export type TransferMethod = (typeof TRANSFER_METHODS)[number];

/** `auto`: REFER, then INVITE when the peer will not take REFER. */
export const TRANSFER_METHOD_CHOICES = [...TRANSFER_METHODS, 'auto'] as const;
export type TransferMethodChoice = (typeof TRANSFER_METHOD_CHOICES)[number];

/** Final answers to a REFER that say that the peer has no such feature; with `auto` the INVITE follows. */
export const REFER_UNSUPPORTED: readonly number[] = [405, 420, 489, 501];

/** Answers that some trunks give for the same reason; the default of a trunk's `referRefusedWith`. */
export const DEFAULT_REFER_REFUSED_WITH: readonly number[] = [403, 603];

/** One attempt as records and queries show it. Times are ISO 8601 in UTC. */
export interface TransferAttemptRecord {
  attemptId: string;
  activityId: string;
  /** The method that decided. */
  method: TransferMethod;
  /** With `auto`: how the peer refused the REFER before the INVITE. */
  referRefused?: { sipStatus: number; reasonPhrase: string };
  target: string;
  /** Trunk that it went over, where the bot named a channel. */
  trunk?: string;
  trunkReason?: TrunkReason;
  /** `transferChannel` as the bot wrote it. */
  transferChannel?: string;
  reason?: string;
  notifications: boolean;
  requestedAt: string;
  endedAt?: string;
  /** Absent while pending, and when the call ended first. */
  outcome?: TransferOutcome;
}
