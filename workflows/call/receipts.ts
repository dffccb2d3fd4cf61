import type { ActivityReceipt } from '../../contracts/messages';

/** Receipts kept: a bot repeats an activity soon or never. */
const REMEMBERED = 64;

/** What became of the last activities, so that a repeated id gets the first answer and has no second effect. */
export class Receipts {
  readonly #byId: Map<string, ActivityReceipt>;

  constructor(kept: readonly ActivityReceipt[] = []) {
    this.#byId = new Map(kept.map((receipt) => [receipt.id, receipt]));
  }

  get kept(): ActivityReceipt[] {
    return [...this.#byId.values()];
  }

  once(id: string, carryOut: () => ActivityReceipt): ActivityReceipt {
    const known = this.#byId.get(id);
    if (known) return known;
    const receipt = carryOut();
    this.#byId.set(id, receipt);
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > REMEMBERED && oldest !== undefined) this.#byId.delete(oldest);
    return receipt;
  }
}
