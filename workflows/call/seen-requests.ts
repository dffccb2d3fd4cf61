import type { LegKind } from '../../contracts/ids';
import type { RequestKey } from '../../contracts/leg';
import { REMEMBERED_REQUESTS, requestKeyText } from '../../contracts/leg';

/** Texts of request keys, the latest last. */
export type SeenByLeg = [LegKind, string[]][];

/**
 * The last requests of each leg, to know a second delivery by. A set, never "higher than the last": UDP reorders, and a late request is not
 * a repeated one.
 */
export class SeenRequests {
  readonly #byLeg: Map<LegKind, string[]>;

  constructor(kept: SeenByLeg = []) {
    this.#byLeg = new Map(kept);
  }

  get kept(): SeenByLeg {
    return [...this.#byLeg];
  }

  /** @returns true when the leg's peer sent this request before; remembers it otherwise */
  isRepeat(leg: LegKind, request: RequestKey): boolean {
    const key = requestKeyText(request);
    const seen = this.#byLeg.get(leg) ?? [];
    if (seen.includes(key)) return true;
    this.#byLeg.set(leg, [...seen, key].slice(-REMEMBERED_REQUESTS));
    return false;
  }
}
