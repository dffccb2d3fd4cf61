import { cancellationSignal } from '@temporalio/activity';
import { setTimeout as delay } from 'node:timers/promises';

/** Lets one thing happen after the other, with an even distance. */
export class Pace {
  readonly #everyMs: number;
  #nextMs = 0;

  constructor(perSecond: number) {
    this.#everyMs = 1_000 / perSecond;
  }

  /** Waits for its turn. @throws when the activity is cancelled meanwhile */
  async turn(): Promise<void> {
    const signal = cancellationSignal();
    signal.throwIfAborted();
    const waitMs = this.#nextMs - performance.now();
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
    this.#nextMs = Math.max(this.#nextMs, performance.now() - this.#everyMs) + this.#everyMs;
  }
}
