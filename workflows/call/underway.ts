/** Work whose end nothing in the story waits for at once: a BYE until its answer, a REFER that its NOTIFY has overtaken. */
export class Underway {
  readonly #works = new Set<Promise<void>>();

  get isIdle(): boolean {
    return this.#works.size === 0;
  }

  add(work: Promise<void>): void {
    this.#works.add(work);
    void work.then(() => this.#works.delete(work));
  }

  /** Resolves when everything that is under way now has ended. */
  async done(): Promise<void> {
    await Promise.all(this.#works);
  }
}
