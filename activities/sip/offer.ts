import { setTimeout as delay } from 'node:timers/promises';
import type { CallId, EffectKind } from '../../contracts/ids';
import { effectId } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import { answerLost, requireSent } from './failures';
import { afterProvisional } from './final-answer';
import { numberField } from './number-field';
import type { PeerResponse, SipPort } from './port';
import { describesSame, withMediaOf, withOwnOrigin } from './session-description';

/** Tries after a 491, or a 500 that says when to come back. */
const MORE_TRIES = 3;

/** The longest that a 500 may ask us to wait, in seconds: RFC 3261 section 14.2 has it between 0 and 10. */
const RETRY_AFTER_MAX_S = 10;

const NO_DIALOG = 481;
const SILENT = 408;

/** A leg did not take an offer. */
export class OfferRefused extends Error {
  constructor(
    readonly leg: OfferingLeg,
    readonly sipStatus: number,
    reasonPhrase: string
  ) {
    super(`${leg.record.name.kind}: ${sipStatus} ${reasonPhrase}`);
  }

  /** The dialog is over (RFC 5057 section 5.1). */
  get isGone(): boolean {
    return this.sipStatus === NO_DIALOG || this.sipStatus === SILENT;
  }
}

/** A leg to which offers go one after the other. Its record holds what was agreed; the version counts what was sent. */
export class OfferingLeg {
  #lastSent: string;
  #effects: number;

  constructor(
    private readonly port: SipPort,
    private readonly callId: CallId,
    firstEffect: number,
    public record: LegRecord
  ) {
    this.#lastSent = record.localSdp;
    this.#effects = firstEffect;
  }

  /**
   * Offers a description by re-INVITE, unless it is the one that stands.
   * @returns what the peer says to it
   * @throws OfferRefused, AnswerLost
   */
  async offer(description: string): Promise<string> {
    const { localTag: tag, localSdp, remoteSdp } = this.record;
    const body = withMediaOf(localSdp, description);
    if (describesSame(body, localSdp)) return remoteSdp;
    const offer = withOwnOrigin(body, { tag, host: this.port.host }, this.#lastSent);
    this.#lastSent = offer;
    const answer = await this.#untilTaken(offer);
    this.record = { ...this.record, localSdp: offer, remoteSdp: answer.body };
    return answer.body;
  }

  async #untilTaken(offer: string): Promise<PeerResponse> {
    for (let more = MORE_TRIES; ; more--) {
      const answer = await this.#reinvite(offer);
      if (answer.status < 300) return answer;
      const waitMs = more > 0 ? this.#backOffMs(answer) : undefined;
      if (waitMs === undefined) throw new OfferRefused(this, answer.status, answer.reason);
      await delay(waitMs);
    }
  }

  /** RFC 3261 section 14.1: who made the Call-ID waits longer, so that the two do not meet again. */
  #backOffMs(answer: PeerResponse): number | undefined {
    const seconds = numberField(answer, 'Retry-After') ?? Infinity;
    if (answer.status === 500 && seconds <= RETRY_AFTER_MAX_S) return seconds * 1000;
    if (answer.status !== 491) return undefined;
    const isOurs = this.record.name.kind === 'bot' || this.record.name.kind === 'target';
    return isOurs ? 2_100 + Math.random() * 1_900 : Math.random() * 2_000;
  }

  async #reinvite(body: string): Promise<PeerResponse> {
    const { port, callId, record } = this;
    const kind: EffectKind = `reinvite-${record.name.kind}`;
    const sending = await port.send({
      method: 'INVITE',
      dialogId: record.dialogId,
      trunk: record.trunk,
      effectId: effectId(callId, kind, this.#effects++),
      headers: { 'Content-Type': 'application/sdp' },
      body,
    });
    if (sending.kind === 'no-dialog') throw new OfferRefused(this, NO_DIALOG, 'no such dialog');
    const sent = requireSent(sending, port.keepsEffects);
    const answer = await afterProvisional(sent);
    if (answer.kind === 'lost') throw answerLost(port.keepsEffects);
    if (answer.kind === 'silent') throw new OfferRefused(this, SILENT, 'no answer');
    if (answer.status < 300) sent.acknowledge();
    return answer;
  }
}
