/** A place in the row of what concerns one call. Either `run` or `pass` must be called. */
export interface Turn {
  /** Runs the work when all before it have had their turn. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Leaves the row: there is nothing to do. */
  pass(): void;
}

/** What concerns a call happens one after the other, in the order in which the turns were taken. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Resolves when every turn that has been taken so far is over. */
  async settled(): Promise<void> {
    await Promise.all(this.#last.values());
  }

  take(callId: string): Turn {
    const before = this.#last.get(callId) ?? Promise.resolve();
    let end = (): void => undefined;
    const mine = new Promise<void>((resolve) => (end = resolve));
    this.#last.set(callId, mine);
    const leave = (): void => {
      end();
      if (this.#last.get(callId) === mine) this.#last.delete(callId);
    };
    return {
      run: (work) => before.then(work).finally(leave),
      pass: () => void before.then(leave),
    };
  }
}
