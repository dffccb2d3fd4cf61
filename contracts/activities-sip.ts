import type { CallId, EffectId, LegName } from './ids';
import type { LegRecord } from './leg';
import type { SipHeaderField } from './transfer';

/** Inputs and results of the SIP activities: what the workflow asks of the wire, in words of calls. */

export interface InviteBotInput {
  callId: CallId;
  effectId: EffectId;
  leg: LegName;
  /** `sip:` URI of the bot. */
  to: string;
  caller: { number: string; displayName?: string };
  /** The dialled number and its host. */
  callee: { number: string; host: string };
  headers: SipHeaderField[];
  /** The caller's leg, which rings along: its progress responses and its answer come from the bot's. */
  callerLeg: { name: LegName; transactionId: string; sipCallId: string; remoteTag: string; offer: string };
  /** No response above 100 within this many ms: given up. */
  firstRingMs: number;
  /** No final response within this many ms: given up. */
  answerMs: number;
}

export type InviteBotResult =
  /** `awaitsAnswer`: the bot made the offer and waits for the answer in our ACK. */
  | { kind: 'answered'; bot: LegRecord; caller: LegRecord; awaitsAnswer: boolean }
  /** The caller's INVITE was over before the bot was called. */
  | { kind: 'caller-gone' }
  | { kind: 'refused'; sipStatus: number; reasonPhrase: string; retryAfterS?: number }
  | { kind: 'no-answer' };

export interface AnswerWithoutMediaInput {
  callId: CallId;
  name: LegName;
  sipCallId: string;
  remoteTag: string;
  /** The caller's offer; empty when it left the offer to us. */
  offer: string;
}

export interface AcknowledgeBotInput {
  bot: LegRecord;
  /** The caller's answer to the bot's offer; empty: every medium is declined. */
  answer: string;
}

export interface SendInfoInput {
  effectId: EffectId;
  dialogId: string;
  contentType: string;
  body: string;
}

export interface SendReferInput {
  effectId: EffectId;
  dialogId: string;
  /** `sip:` URI of the transfer target, without headers. */
  target: string;
  headers: SipHeaderField[];
  referredBy: string;
}

/** The final answer to a REFER; a SIP answer is a result, whatever its status. */
export interface SendReferResult {
  sipStatus: number;
  reasonPhrase: string;
  /** CSeq number of the REFER: the `id` of its subscription. */
  cseq: number;
}

export interface EndLegInput {
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
  /** Cancels the INVITE of this effect at once, from any worker. Does nothing when none is pending. */
  cancelInvite(effectId: EffectId): Promise<void>;
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
   * Sends the REFER and waits for its final answer.
   * @throws DialogGone, NotSent, AnswerLost, TransferOutcomeUnknown
   */
  sendRefer(input: SendReferInput): Promise<SendReferResult>;
  /** Sends BYE. A dialog that is gone already is a success: BYE may be repeated. */
  endLeg(input: EndLegInput): Promise<void>;
}
