import type { InviteBotInput, InviteBotResult, RingAlongInput } from '../../contracts/activities-sip';
import { dialogId, legTag } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import { numberField } from './number-field';
import type { FinalResponse, OutgoingCall } from './outgoing-call';
import { throwIfCancelled } from './outgoing-call';
import type { PeerResponse, SipPort } from './port';
import { ringOverTrunk } from './ring-over-trunk';
import { withOwnOrigin } from './session-description';

/** Calls the bot with the caller's offer and rings the caller along, to the bot's final answer. */
export function inviteBot(port: SipPort, input: InviteBotInput): Promise<InviteBotResult> {
  const { number, host } = input.callee;
  const called = { name: 'P-Called-Party-ID', value: `<sip:${number}@${host}>` };
  return ringAlong(port, { ...input, headers: [called, ...input.headers] });
}

/** Calls one side and rings along the one that called us. */
export async function ringAlong(port: SipPort, input: RingAlongInput): Promise<InviteBotResult> {
  if (!(await port.isWaiting(input.callerLeg))) return { kind: 'caller-gone' };
  throwIfCancelled();
  const { callerLeg, firstRingMs, answerMs } = input;
  const caller = new RingingCaller(port, input);
  const startedAt = performance.now();
  const options = { ...input, offer: callerLeg.offer };
  const { call, final } = await ringOverTrunk(port, options, {
    leftMs: (hasRung) => startedAt + (hasRung ? answerMs : firstRingMs) - performance.now(),
    onProgress: (response) => caller.passOn(response),
  });
  return final ? result(call, caller, final) : { kind: 'no-answer' };
}

function result(call: OutgoingCall, caller: RingingCaller, { sent, response }: FinalResponse): InviteBotResult {
  const { status, reason } = response;
  const retryAfterS = numberField(response, 'Retry-After');
  const retryAfter = retryAfterS === undefined ? {} : { retryAfterS };
  if (status >= 300) return { kind: 'refused', sipStatus: status, reasonPhrase: reason, ...retryAfter };
  // Called without an offer, the bot made one: its ACK waits for the caller's answer (RFC 3261 section 13.2.2.4).
  const awaitsAnswer = call.offer === '';
  if (!awaitsAnswer) sent.acknowledge();
  return { kind: 'answered', bot: call.record(response), caller: caller.record(response), awaitsAnswer };
}

/** The caller's leg while the bot rings: progress goes to it on the transaction that some process holds. */
class RingingCaller {
  readonly #tag: string;
  /** The last description passed on to the caller; early media and the answer share its `o=` line. */
  #sdp = '';

  constructor(
    private readonly port: SipPort,
    private readonly input: RingAlongInput
  ) {
    this.#tag = legTag(input.callId, input.callerLeg.name);
  }

  passOn({ status, reason, body }: PeerResponse): void {
    if (body !== '') this.#sdp = this.#described(body);
    this.port.relayProgress(this.input.callerLeg, {
      status,
      reason,
      toTag: this.#tag,
      ...(body === '' ? {} : { body: this.#sdp, headers: { 'Content-Type': 'application/sdp' } }),
    });
  }

  record({ body }: PeerResponse): LegRecord {
    const { name, sipCallId, remoteTag, offer, trunk } = this.input.callerLeg;
    return {
      name,
      dialogId: dialogId(sipCallId, remoteTag),
      localTag: this.#tag,
      remoteTag,
      localSdp: this.#described(body),
      remoteSdp: offer,
      ...(trunk === undefined ? {} : { trunk }),
    };
  }

  #described(body: string): string {
    return withOwnOrigin(body, { tag: this.#tag, host: this.port.host }, this.#sdp);
  }
}
