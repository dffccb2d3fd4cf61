import type { EffectId } from './ids';
import type { TrunkState } from './registration';

/** Inputs and results of the activities that keep a trunk registered and watched. */

export interface SendRegisterInput {
  /** `id` of the trunk: whose password answers a challenge. */
  trunk: string;
  login: string;
  domain: string;
  /** `sip:` URI of the registrar: the request-URI. */
  target: string;
  outboundProxy?: string;
  sipCallId: string;
  fromTag: string;
  cseq: number;
  /** 0 removes the binding. */
  expiresS: number;
  effectId: EffectId;
}

/** The final answer to a REGISTER, whatever its status. */
export interface SendRegisterResult {
  sipStatus: number;
  reasonPhrase: string;
  /** The last CSeq number used: answers to challenges raise it. */
  cseq: number;
  /** How long the binding holds, in seconds. */
  grantedS?: number;
  /** Of a 423: the shortest time that the registrar takes, in seconds. */
  minExpiresS?: number;
  retryAfterS?: number;
  /** Of a 3xx: `sip:` URIs to try instead. */
  contacts: string[];
}

export interface WatchTrunkInput {
  trunk: string;
  login: string;
  domain: string;
  targets: string[];
  outboundProxy?: string;
  intervalMs: number;
  /** What was seen last: the watch ends when this is no longer so. */
  reach: TrunkState;
}

export interface WatchTrunkResult {
  /** `up`: the first target answers OPTIONS. `degraded`: another one does. `down`: none does. */
  reach: TrunkState;
  detail: string;
}

/** Whether calls can go out over a trunk. */
export type TrunkCheck = { isUsable: true } | { isUsable: false; reason: string };

export interface TrunkCheckActivities {
  /** Looks at the state of a trunk. One that nobody can tell of now counts as usable. */
  checkTrunk(trunk: string): Promise<TrunkCheck>;
}

export interface TrunkActivities {
  /**
   * Sends a REGISTER and waits for its final answer (RFC 3261 section 10.2).
   * @throws NotSent, AnswerLost, TransferOutcomeUnknown
   */
  sendRegister(input: SendRegisterInput): Promise<SendRegisterResult>;
  /** Sends OPTIONS time and again, and ends when what they tell has changed. Long-running: heartbeats. */
  watchTrunk(input: WatchTrunkInput): Promise<WatchTrunkResult>;
}
