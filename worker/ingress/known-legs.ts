import type { CallId } from '../../contracts/ids';
import type { CallLegs, MediaChanged } from '../../contracts/messages';

/** Calls remembered: more than one worker carries at a time. */
const REMEMBERED_CALLS = 5_000;

/** The legs of the calls that this worker last asked for. Nothing depends on it but answers while Temporal is away. */
export class KnownLegs {
  readonly #byCall = new Map<CallId, CallLegs>();

  remember(callId: CallId, legs: CallLegs): void {
    this.#byCall.delete(callId);
    this.#byCall.set(callId, legs);
    const [oldest] = this.#byCall.keys();
    if (this.#byCall.size > REMEMBERED_CALLS && oldest !== undefined) this.#byCall.delete(oldest);
  }

  recall(callId: CallId): CallLegs | undefined {
    return this.#byCall.get(callId);
  }

  /** Takes over new session descriptions. */
  change(callId: CallId, changes: MediaChanged['legs']): void {
    const known = this.#byCall.get(callId);
    if (!known) return;
    const legs = known.legs.map((record) => {
      const change = changes.find(({ leg }) => leg.kind === record.name.kind && leg.attempt === record.name.attempt);
      return change ? { ...record, localSdp: change.localSdp, remoteSdp: change.remoteSdp } : record;
    });
    this.#byCall.set(callId, { ...known, legs });
  }
}
