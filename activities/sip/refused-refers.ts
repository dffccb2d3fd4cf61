/** How long a trunk's refusal of REFER is believed, in ms: its settings may have changed since. */
const BELIEVED_MS = 3_600_000;

export interface Refusal {
  sipStatus: number;
  reasonPhrase: string;
}

/** The trunks that would not take REFER lately. A worker's own knowledge: lost with it, and learned anew from one REFER. */
export class RefusedRefers {
  readonly #byTrunk = new Map<string, Refusal & { untilMs: number }>();

  note(trunk: string, refusal: Refusal): void {
    this.#byTrunk.set(trunk, { ...refusal, untilMs: performance.now() + BELIEVED_MS });
  }

  of(trunk: string): Refusal | undefined {
    const known = this.#byTrunk.get(trunk);
    if (!known || known.untilMs < performance.now()) return undefined;
    const { sipStatus, reasonPhrase } = known;
    return { sipStatus, reasonPhrase };
  }
}
