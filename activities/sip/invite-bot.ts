import { CancelledFailure, Context } from '@temporalio/activity';
import type { InviteBotInput, InviteBotResult } from '../../contracts/activities-sip';
import { dialogId, effectId, legTag } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import { answerLost, requireSent } from './failures';
import { headerFields } from './header-fields';
import type { Awaited, PeerResponse, SentRequest, SipPort } from './port';
import { withOwnOrigin } from './session-description';
import { SESSION_TIMER } from './session-timer';

/** How often a cancelled activity is noticed while the bot rings. */
const CANCEL_CHECK_MS = 100;

/** After our CANCEL the INVITE's final response is due within 64*T1 (RFC 3261 section 9.1). */
const AFTER_CANCEL_MS = 33_000;

/** Calls the bot with the caller's offer and rings the caller along, to the bot's final answer. */
export async function inviteBot(port: SipPort, input: InviteBotInput): Promise<InviteBotResult> {
  if (!(await port.isWaiting(input.callerLeg))) return { kind: 'caller-gone' };
  if (Context.current().cancellationSignal.aborted) throw new CancelledFailure('the caller gave up');
  const ringing = new RingingBot(port, input);
  let sent = requireSent(await port.send(ringing.invite()), port.keepsEffects);
  let outcome = await ringing.untilFinal(sent);
  const longer = longerSession(outcome);
  if (longer !== undefined) {
    sent = requireSent(await port.send(ringing.inviteAgain(sent.cseq + 1, longer)), port.keepsEffects);
    outcome = await ringing.untilFinal(sent);
  }
  if (outcome.kind === 'response') return ringing.result(sent, outcome);
  if (outcome.kind === 'lost') throw answerLost(port.keepsEffects);
  await giveUp(sent, port, ringing.botDialogId);
  if (Context.current().cancellationSignal.aborted) throw new CancelledFailure('the caller gave up');
  return { kind: 'no-answer' };
}

/** @returns the shortest session in seconds that the bot takes, from its 422 (RFC 4028 section 7.4); undefined for any other answer */
function longerSession(outcome: Awaited): number | undefined {
  if (outcome.kind !== 'response' || outcome.status !== 422) return undefined;
  const seconds = Number.parseInt(outcome.header('Min-SE') ?? '', 10);
  return seconds > 0 ? seconds : undefined;
}

/** CANCEL, and the end of an answer that crosses it. */
async function giveUp(sent: SentRequest, port: SipPort, botDialogId: string): Promise<void> {
  sent.cancel();
  for (;;) {
    const answer = await sent.next(AFTER_CANCEL_MS);
    if (answer.kind !== 'response') return;
    if (answer.status < 200) continue;
    if (answer.status < 300) {
      sent.acknowledge();
      await port.send({ method: 'BYE', dialogId: botDialogId });
    }
    return;
  }
}

class RingingBot {
  readonly botDialogId: string;
  readonly #botTag: string;
  readonly #callerTag: string;
  readonly #sipCallId: string;
  readonly #offer: string;
  /** The last description passed on to the caller; early media and the answer share its `o=` line. */
  #callerSdp = '';

  constructor(
    private readonly port: SipPort,
    private readonly input: InviteBotInput
  ) {
    const { callId, leg, callerLeg } = input;
    this.#botTag = legTag(callId, leg);
    this.#callerTag = legTag(callId, callerLeg.name);
    this.#sipCallId = `${this.#botTag}@${port.host}`;
    this.botDialogId = dialogId(this.#sipCallId, this.#botTag);
    this.#offer = withOwnOrigin(callerLeg.offer, { tag: this.#botTag, host: port.host });
  }

  invite(): Parameters<SipPort['send']>[0] {
    const { to, caller, callee, headers, effectId: effect } = this.input;
    const name = caller.displayName === undefined ? '' : `"${caller.displayName.replace(/["\\]/g, '\\$&')}" `;
    return {
      method: 'INVITE',
      uri: to,
      effectId: effect,
      headers: {
        'Call-ID': this.#sipCallId,
        From: `${name}<sip:${encodeURIComponent(caller.number).replace(/%2B/g, '+')}@localhost>;tag=${this.#botTag}`,
        To: `<${to}>`,
        ...SESSION_TIMER,
        'P-Called-Party-ID': `<sip:${callee.number}@${callee.host}>`,
        ...headerFields(headers),
        ...(this.#offer === '' ? {} : { 'Content-Type': 'application/sdp' }),
      },
      body: this.#offer,
    };
  }

  /** The same INVITE in the same dialog-to-be, with a longer session: an effect of its own. */
  inviteAgain(cseq: number, sessionS: number): Parameters<SipPort['send']>[0] {
    const invite = this.invite();
    const session = { 'Session-Expires': String(sessionS), 'Min-SE': String(sessionS) };
    return {
      ...invite,
      effectId: effectId(this.input.callId, 'invite-bot', this.input.leg.attempt + 1),
      headers: { ...invite.headers, ...session, CSeq: `${cseq} INVITE` },
    };
  }

  /** Waits within the bot's time to ring and to answer, passing progress on to the caller. */
  async untilFinal(sent: SentRequest): Promise<Awaited> {
    const startedAt = Date.now();
    const signal = Context.current().cancellationSignal;
    let limitMs = this.input.firstRingMs;
    for (;;) {
      const leftMs = startedAt + limitMs - Date.now();
      if (leftMs <= 0 || signal.aborted) return { kind: 'silent' };
      const next = await sent.next(Math.min(leftMs, CANCEL_CHECK_MS));
      if (next.kind === 'silent') continue;
      if (next.kind === 'lost' || next.status >= 200) return next;
      limitMs = this.input.answerMs;
      this.#passOn(next);
    }
  }

  result(sent: SentRequest, answer: PeerResponse): InviteBotResult {
    const retryAfterS = Number.parseInt(answer.header('Retry-After') ?? '', 10);
    const retryAfter = Number.isNaN(retryAfterS) ? {} : { retryAfterS };
    if (answer.status >= 300)
      return { kind: 'refused', sipStatus: answer.status, reasonPhrase: answer.reason, ...retryAfter };
    // Called without an offer, the bot made one: its ACK waits for the caller's answer (RFC 3261 section 13.2.2.4).
    const awaitsAnswer = this.#offer === '';
    if (!awaitsAnswer) sent.acknowledge();
    this.#callerSdp = this.#forCaller(answer.body);
    return { kind: 'answered', bot: this.#botLeg(answer), caller: this.#callerLeg(), awaitsAnswer };
  }

  #passOn({ status, reason, body }: PeerResponse): void {
    if (body !== '') this.#callerSdp = this.#forCaller(body);
    this.port.relayProgress(this.input.callerLeg, {
      status,
      reason,
      toTag: this.#callerTag,
      ...(body === '' ? {} : { body: this.#callerSdp, headers: { 'Content-Type': 'application/sdp' } }),
    });
  }

  #forCaller(body: string): string {
    return withOwnOrigin(body, { tag: this.#callerTag, host: this.port.host }, this.#callerSdp);
  }

  #botLeg({ toTag = '', body }: PeerResponse): LegRecord {
    const { leg: name } = this.input;
    return {
      name,
      dialogId: this.botDialogId,
      localTag: this.#botTag,
      remoteTag: toTag,
      localSdp: this.#offer,
      remoteSdp: body,
    };
  }

  #callerLeg(): LegRecord {
    const { name, sipCallId, remoteTag, offer } = this.input.callerLeg;
    return {
      name,
      dialogId: dialogId(sipCallId, remoteTag),
      localTag: this.#callerTag,
      remoteTag,
      localSdp: this.#callerSdp,
      remoteSdp: offer,
    };
  }
}
