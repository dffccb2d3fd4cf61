import type { CallId } from './ids';
import type { LegRecord } from './leg';

export interface JoinLegsInput {
  callId: CallId;
  /** Number of the first effect of each leg; the following ones count up. */
  firstEffect: number;
  /** The caller's side. */
  caller: LegRecord;
  /** The leg that it is to talk with, which has made or taken an offer. */
  target: LegRecord;
  awaitsAnswer: boolean;
  /** The leg that it talked with; put on hold. */
  held?: LegRecord;
}

export interface RejoinLegsInput {
  callId: CallId;
  firstEffect: number;
  caller: LegRecord;
  /** The leg that the caller is given back to; absent: a bot without a SIP leg. */
  other?: LegRecord;
}

/**
 * `legs`: those with new session descriptions, as they are now. `isPartnerGone`: the dialog of the leg that the caller talked with before is
 * gone.
 */
export type JoinResult = { legs: LegRecord[]; isPartnerGone?: true } & (
  | { kind: 'joined' }
  /** The caller's dialog is gone (RFC 5057: 408, 481). */
  | { kind: 'caller-gone' }
  /** One of them did not take the other's media, or they found no common ground in two rounds. */
  | { kind: 'refused'; reason: string; sipStatus?: number }
);
