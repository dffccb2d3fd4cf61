import { Context } from '@temporalio/activity';
import { failoverEffectId } from '../../contracts/ids';
import type { FinalResponse, OutgoingCallOptions, Ringing } from './outgoing-call';
import { OutgoingCall, throwIfCancelled } from './outgoing-call';
import type { PeerResponse, SipPort } from './port';
import { destinations } from './trunk-destinations';

/** Answers of a host that does not serve the call while another one may. */
const PASSED_OVER = new Set([408, 503]);

/** The answer to a CANCEL of ours: who reads it from the ledger after a change of workers had passed that host over. */
const REQUEST_TERMINATED = 487;

export interface Rung {
  call: OutgoingCall;
  /** Undefined when its time was over. */
  final: FinalResponse | undefined;
}

/**
 * Rings at the trunk's host, and at the next one as long as it has no capacity or says nothing (RFC 3263 section 4.3); none is asked twice,
 * and none that has rung is left for another. The hosts that a name stands for are the SIP server's to try.
 * @throws CancelledFailure, NotSent, AnswerLost
 */
export async function ringOverTrunk(port: SipPort, options: OutgoingCallOptions, ringing: Ringing): Promise<Rung> {
  const { over, effectId } = options;
  const places = destinations(options.to, over);
  for (let place = 0; ; place++) {
    throwIfCancelled();
    const destination = places[place] ?? places[0];
    const call = new OutgoingCall(port, {
      ...options,
      destination,
      place,
      effectId: place === 0 ? effectId : failoverEffectId(effectId, place),
    });
    if (place === places.length - 1) return { call, final: await call.ring(ringing) };
    const patience = new Patience(ringing, over?.failoverMs ?? Infinity);
    const final = await call.ring(patience);
    if (!patience.goesOn(final?.response)) return { call, final };
  }
}

/** Ringing at a host that is left for the next one when it says nothing for long. */
class Patience implements Ringing {
  readonly #untilMs: number;
  #isProgressing = false;

  constructor(
    private readonly ringing: Ringing,
    failoverMs: number
  ) {
    this.#untilMs = performance.now() + failoverMs;
  }

  leftMs(hasRung: boolean): number {
    const left = this.ringing.leftMs(hasRung);
    return hasRung ? left : Math.min(left, this.#untilMs - performance.now());
  }

  /** Nobody waits for the end of an INVITE that is passed over. */
  get isLeft(): boolean {
    return this.goesOn(undefined);
  }

  onProgress(response: PeerResponse): void {
    this.#isProgressing = true;
    this.ringing.onProgress(response);
  }

  /** @param final undefined: there was none in its time */
  goesOn(final: PeerResponse | undefined): boolean {
    if (this.#isProgressing || this.ringing.leftMs(false) <= 0) return false;
    if (final === undefined || PASSED_OVER.has(final.status)) return true;
    return final.status === REQUEST_TERMINATED && Context.current().info.attempt > 1;
  }
}
