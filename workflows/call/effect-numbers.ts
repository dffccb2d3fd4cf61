/** How many effects of each kind the call has had, and refused activities. Their ids end in these numbers, so none may be given twice. */
export interface EffectCounts {
  refers: number;
  /** NOTIFYs to the bot. */
  reports: number;
  /** INFOs of ours. */
  infos: number;
  /** Activities that were refused without an answer to their sender. */
  refusals: number;
}

/** Numbers of the effects of a call, from 1. */
export class EffectNumbers {
  readonly #counts: EffectCounts;

  constructor(counts: Partial<EffectCounts> = {}) {
    this.#counts = { refers: 0, reports: 0, infos: 0, refusals: 0, ...counts };
  }

  get counts(): EffectCounts {
    return { ...this.#counts };
  }

  next(kind: keyof EffectCounts): number {
    return ++this.#counts[kind];
  }
}
