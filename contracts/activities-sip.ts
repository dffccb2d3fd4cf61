import type { JoinLegsInput, JoinResult, RejoinLegsInput } from './activities-join';
import type { CallId, EffectId, LegName } from './ids';
import type { LegRecord } from './leg';
import type { OutboundTrunk } from './outbound-trunk';
import type { SipHeaderField } from './transfer';

/** Inputs and results of the SIP activities: what the workflow asks of the wire, in words of calls. */

/** A call to one side while another one, which called us, rings along. */
export interface RingAlongInput {
  callId: CallId;
  effectId: EffectId;
  leg: LegName;
  /** `id` of the trunk that it goes out over. */
  trunk?: string;
  /** `sip:` URI. */
  to: string;
  /** How it goes out over the trunk; absent: straight to `to`, from our own address. */
  over?: OutboundTrunk | undefined;
  caller: { number: string; displayName?: string };
  headers: SipHeaderField[];
  /** The leg that rings along: its progress responses and its answer come from the called side. */
  callerLeg: {
    name: LegName;
    transactionId: string;
    sipCallId: string;
    remoteTag: string;
    offer: string;
    /** `id` of the trunk that it came in on. */
    trunk?: string;
  };
  /** No response above 100 within this many ms: given up. */
  firstRingMs: number;
  /** No final response within this many ms: given up. */
  answerMs: number;
}

export interface InviteBotInput extends RingAlongInput {
  /** The dialled number and its host. */
  callee: { number: string; host: string };
}

/** `bot`: the called side. */
export type InviteBotResult =
  /** `awaitsAnswer`: the bot made the offer and waits for the answer in our ACK. */
  | { kind: 'answered'; bot: LegRecord; caller: LegRecord; awaitsAnswer: boolean }
  /** The caller's INVITE was over before the bot was called. */
  | { kind: 'caller-gone' }
  | { kind: 'refused'; sipStatus: number; reasonPhrase: string; retryAfterS?: number }
  | { kind: 'no-answer' };

export interface InviteTargetInput {
  callId: CallId;
  effectId: EffectId;
  leg: LegName;
  /** `id` of the trunk that it goes out over. */
  trunk: string;
  /** `sip:` URI of the transfer target. */
  to: string;
  /** How it goes out over the trunk; absent: straight to `to`, from our own address. */
  over?: OutboundTrunk | undefined;
  caller: { number: string; displayName?: string };
  headers: SipHeaderField[];
  /** The caller's session description, which is offered to the target; empty: the target makes the offer. */
  offer: string;
  /** Milliseconds since the epoch: given up then, also after a change of workers. */
  untilMs: number;
}

export type InviteTargetResult =
  /** `awaitsAnswer`: the target made the offer and waits for the answer in our ACK. */
  | { kind: 'answered'; target: LegRecord; awaitsAnswer: boolean }
  | { kind: 'refused'; sipStatus: number; reasonPhrase: string }
  | { kind: 'no-answer' };

export interface AnswerWithoutMediaInput {
  callId: CallId;
  name: LegName;
  sipCallId: string;
  remoteTag: string;
  /** The caller's offer; empty when it left the offer to us. */
  offer: string;
  /** `id` of the trunk that it came in on. */
  trunk?: string;
}

export interface AcknowledgeBotInput {
  bot: LegRecord;
  /** The caller's answer to the bot's offer; empty: every medium is declined. */
  answer: string;
}

export interface SendInfoInput {
  /** `id` of the trunk whose password answers a challenge. */
  trunk?: string | undefined;
  effectId: EffectId;
  dialogId: string;
  contentType: string;
  body: string;
}

export interface SendReferInput {
  /** `id` of the trunk whose password answers a challenge. */
  trunk?: string;
  effectId: EffectId;
  dialogId: string;
  /** `sip:` or `tel:` URI of the transfer target, without headers. */
  target: string;
  headers: SipHeaderField[];
  referredBy: string;
  /** Of a number: it goes into Refer-To as it is; else as a `sip:` URI at our own address. */
  preservesTel?: boolean;
  /** Of a number: what the call that comes back because of this REFER is known by. */
  token?: string;
  /** Workflow time in ms by which the peer must have answered; 40 s when absent. */
  answerByMs?: number;
  /** Ask the peer for no reports (RFC 4488). */
  norefersub?: boolean;
  /** With `auto`: answers that mean that this trunk takes no REFER. One that is remembered is given again, and nothing is sent. */
  refusals?: { trunk: string; statuses: number[] };
}

/** The final answer to a REFER; a SIP answer is a result, whatever its status. */
export interface SendReferResult {
  sipStatus: number;
  reasonPhrase: string;
  /** CSeq number of the REFER: the `id` of its subscription. */
  cseq: number;
  /** The peer took it and will report nothing (RFC 4488). */
  isUnreported?: true;
  /** Of a refusal for now: its Retry-After in seconds. */
  retryAfterS?: number;
}

export interface SendReportInput {
  effectId: EffectId;
  dialogId: string;
  /** CSeq number of the REFER: the `id` of its subscription. */
  referCseq: number;
  /** Status line of the fragment; from 200 on it ends the subscription. */
  sipStatus: number;
  reasonPhrase: string;
  /** Duration of the subscription in seconds. */
  expiresS: number;
  /** The peer's answer is waited for during this many ms. */
  withinMs: number;
}

export interface ProbeLegInput {
  /** `id` of the trunk whose password answers a challenge. */
  trunk?: string | undefined;
  dialogId: string;
  /** The peer must answer within this many ms. */
  withinMs: number;
}

export interface EndLegInput {
  /** `id` of the trunk whose password answers a challenge. */
  trunk?: string | undefined;
  dialogId: string;
  /** Free text for the Reason header (RFC 3326) of the BYE. */
  reason?: string;
}

export interface SipActivities {
  /**
   * Calls the bot, passes its progress on to the caller, ACKs its answer. Long-running: heartbeats while it rings. Cancelled: the INVITE is
   * cancelled on the wire, and a crossing answer is ended.
   * @throws DialogGone, NotSent, AnswerLost
   */
  inviteBot(input: InviteBotInput): Promise<InviteBotResult>;
  /**
   * Calls a transfer target, to its final answer. Long-running: heartbeats while it rings. Its early media goes nowhere. Cancelled: as
   * `inviteBot`.
   * @throws NotSent, AnswerLost
   */
  inviteTarget(input: InviteTargetInput): Promise<InviteTargetResult>;
  /**
   * Calls the target of a call that came back to us, as `inviteBot` calls a bot.
   * @throws DialogGone, NotSent, AnswerLost
   */
  bridgeReturned(input: RingAlongInput): Promise<InviteBotResult>;
  /**
   * Joins caller and target by re-INVITEs and puts the leg that the caller talked with on hold. A 491 is tried again after RFC 3261 section
   * 14.1's time, three times at most.
   * @throws AnswerLost
   */
  joinLegs(input: JoinLegsInput): Promise<JoinResult>;
  /**
   * Gives the caller back to the leg that `joinLegs` had put on hold.
   * @throws AnswerLost
   */
  rejoinLegs(input: RejoinLegsInput): Promise<JoinResult>;
  /**
   * Cancels the INVITE of this effect at once, from any worker. Does nothing when none is pending.
   * @param hosts how many hosts of a trunk it may have gone to; default 1
   */
  cancelInvite(effectId: EffectId, hosts?: number): Promise<void>;
  /** The caller's leg of a bot without a SIP leg: what the caller is answered with. Sends nothing. */
  answerWithoutMedia(input: AnswerWithoutMediaInput): Promise<LegRecord>;
  /**
   * ACKs the bot's offer with the caller's answer.
   * @returns the bot's leg as it is then
   */
  acknowledgeBot(input: AcknowledgeBotInput): Promise<LegRecord>;
  /**
   * Sends INFO within a dialog (RFC 6086).
   * @returns the peer's final status
   */
  sendInfo(input: SendInfoInput): Promise<number>;
  /**
   * Sends the REFER and waits for its final answer: 408 when the peer gave none in time.
   * @throws DialogGone, NotSent, AnswerLost, TransferOutcomeUnknown
   */
  sendRefer(input: SendReferInput): Promise<SendReferResult>;
  /**
   * Sends OPTIONS within a dialog.
   * @returns whether the peer is there and knows the dialog (RFC 5057 section 5)
   */
  probeLeg(input: ProbeLegInput): Promise<boolean>;
  /** Reports how a transfer goes to the peer whose REFER asked for it. Any answer will do, and none. */
  sendReport(input: SendReportInput): Promise<void>;
  /** Sends BYE. A dialog that is gone already is a success: BYE may be repeated. */
  endLeg(input: EndLegInput): Promise<void>;
}
