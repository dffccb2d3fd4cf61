import { CancelledFailure, Context } from '@temporalio/activity';
import type { CallId, EffectId, LegName } from '../../contracts/ids';
import { dialogId, effectAfter, legTag } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import type { OutboundTrunk } from '../../contracts/outbound-trunk';
import type { SipHeaderField } from '../../contracts/transfer';
import { endLeg } from './end-leg';
import { answerLost, requireSent } from './failures';
import { headerFields } from './header-fields';
import { isLeftToAnotherRun } from './left-to-another-run';
import { numberField } from './number-field';
import type { Awaited, OutgoingRequest, PeerResponse, SentRequest, SipPort } from './port';
import { withOwnOrigin } from './session-description';
import { SESSION_TIMER } from './session-timer';
import type { Destination } from './trunk-destinations';
import type { Caller, Identity } from './trunk-identity';
import { plainIdentity, trunkIdentity } from './trunk-identity';

/** How often a cancelled activity is noticed while the other side rings. */
const CANCEL_CHECK_MS = 100;

/** After our CANCEL the INVITE's final response is due within 64*T1 (RFC 3261 section 9.1). */
const AFTER_CANCEL_MS = 33_000;

export interface OutgoingCallOptions {
  callId: CallId;
  effectId: EffectId;
  leg: LegName;
  /** `id` of the trunk whose credentials answer challenges. */
  trunk?: string;
  to: string;
  /** How it goes out over the trunk; absent: from our own address, straight to `to`. */
  over?: OutboundTrunk | undefined;
  /** Where it goes of all places that it may. Default: `to`. */
  destination?: Destination;
  /** Number of that place; each has a Call-ID of its own. Default 0. */
  place?: number;
  caller: Caller;
  headers: SipHeaderField[];
  /** As the other side of the call said it; empty: the called side makes the offer. */
  offer: string;
}

export interface Ringing {
  /** Milliseconds from now until it is given up; `hasRung`: a response above 100 has come. */
  leftMs(hasRung: boolean): number;
  onProgress(response: PeerResponse): void;
  /** Read when its time is over: the call is left for another one, and nobody waits for its end. */
  readonly isLeft?: boolean;
}

/** A final response, and the INVITE that got it. */
export interface FinalResponse {
  sent: SentRequest;
  response: PeerResponse;
}

/** A leg that we open by INVITE. */
export class OutgoingCall {
  readonly tag: string;
  readonly dialogId: string;
  readonly offer: string;
  readonly #sipCallId: string;

  constructor(
    private readonly port: SipPort,
    private readonly options: OutgoingCallOptions
  ) {
    this.tag = legTag(options.callId, options.leg);
    this.#sipCallId = `${this.tag}${options.place ? `-${options.place}` : ''}@${port.host}`;
    this.dialogId = dialogId(this.#sipCallId, this.tag);
    this.offer = withOwnOrigin(options.offer, { tag: this.tag, host: port.host });
  }

  /**
   * Rings to the final response. @returns undefined when its time was over: the INVITE is cancelled, a crossing answer ended
   * @throws CancelledFailure, NotSent, AnswerLost
   */
  async ring(ringing: Ringing): Promise<FinalResponse | undefined> {
    const { port } = this;
    let sent = requireSent(await port.send(this.#invite()), port.keepsEffects);
    let outcome = await untilFinal(sent, ringing);
    const longer = longerSession(outcome);
    if (longer !== undefined) {
      sent = requireSent(await port.send(this.#inviteAgain(sent.cseq + 1, longer)), port.keepsEffects);
      outcome = await untilFinal(sent, ringing);
    }
    if (outcome.kind === 'response') return { sent, response: outcome };
    if (outcome.kind === 'lost' || (await isLeftToAnotherRun())) throw answerLost(port.keepsEffects);
    const end = this.#giveUp(sent);
    // What is left of it when this process dies, the SIP server ends.
    if (ringing.isLeft === true) end.catch(() => undefined);
    else await end;
    throwIfCancelled();
    return undefined;
  }

  /** The leg as the 2xx makes it. */
  record({ toTag = '', body }: PeerResponse): LegRecord {
    const { leg: name } = this.options;
    const trunk = this.#trunk;
    return {
      name,
      dialogId: this.dialogId,
      localTag: this.tag,
      remoteTag: toTag,
      localSdp: this.offer,
      remoteSdp: body,
      ...(trunk === undefined ? {} : { trunk }),
    };
  }

  #invite(): OutgoingRequest {
    const { to, headers, effectId, destination } = this.options;
    const { from, headers: ofTrunk } = this.#identity();
    return {
      method: 'INVITE',
      uri: destination?.uri ?? to,
      ...(destination?.proxy === undefined ? {} : { proxy: destination.proxy }),
      trunk: this.#trunk,
      effectId,
      headers: {
        'Call-ID': this.#sipCallId,
        From: `${from};tag=${this.tag}`,
        To: `<${to}>`,
        ...SESSION_TIMER,
        ...headerFields([...headers, ...ofTrunk.filter(({ name }) => !isAmong(headers, name))]),
        ...(this.offer === '' ? {} : { 'Content-Type': 'application/sdp' }),
      },
      body: this.offer,
    };
  }

  /** Only the trunk itself gets its identity and its credentials: a stranger could guess the password from a digest. */
  get #trunk(): string | undefined {
    const { trunk, destination } = this.options;
    return destination?.isAtTrunk === true ? trunk : undefined;
  }

  #identity(): Identity {
    const { caller, over } = this.options;
    const trunk = this.#trunk;
    return trunk === undefined || !over ? plainIdentity(caller) : trunkIdentity(caller, { id: trunk, over });
  }

  /** The same INVITE in the same dialog-to-be, with a longer session: an effect of its own. */
  #inviteAgain(cseq: number, sessionS: number): OutgoingRequest {
    const invite = this.#invite();
    const session = { 'Session-Expires': String(sessionS), 'Min-SE': String(sessionS) };
    return {
      ...invite,
      effectId: effectAfter(this.options.effectId),
      headers: { ...invite.headers, ...session, CSeq: `${cseq} INVITE` },
    };
  }

  /** CANCEL, and the end of an answer that crosses it. */
  async #giveUp(sent: SentRequest): Promise<void> {
    sent.cancel();
    for (;;) {
      const answer = await sent.next(AFTER_CANCEL_MS);
      if (answer.kind !== 'response') return;
      if (answer.status < 200) continue;
      if (answer.status < 300) {
        sent.acknowledge();
        void endLeg(this.port, { dialogId: this.dialogId, trunk: this.#trunk }).catch(() => undefined);
      }
      return;
    }
  }
}

export function throwIfCancelled(): void {
  if (Context.current().cancellationSignal.aborted) throw new CancelledFailure('the caller gave up');
}

/** What the bot says of a field goes before what we say. */
function isAmong(headers: readonly SipHeaderField[], name: string): boolean {
  return headers.some((header) => header.name.toLowerCase() === name.toLowerCase());
}

/** @returns the shortest session in seconds that the peer takes, from its 422 (RFC 4028 section 7.4); undefined for any other answer */
function longerSession(outcome: Awaited): number | undefined {
  if (outcome.kind !== 'response' || outcome.status !== 422) return undefined;
  const seconds = numberField(outcome, 'Min-SE') ?? 0;
  return seconds > 0 ? seconds : undefined;
}

async function untilFinal(sent: SentRequest, ringing: Ringing): Promise<Awaited> {
  const signal = Context.current().cancellationSignal;
  let hasRung = false;
  for (;;) {
    const left = ringing.leftMs(hasRung);
    if (left <= 0 || signal.aborted) return { kind: 'silent' };
    const next = await sent.next(Math.min(left, CANCEL_CHECK_MS));
    if (next.kind === 'silent') continue;
    if (next.kind === 'lost' || next.status >= 200) return next;
    hasRung = true;
    ringing.onProgress(next);
  }
}
