/** Numbers by what they count: cheap enough for every message. What is counted must be a bounded set of words. */
export class Tally {
  private readonly counts = new Map<string, number>();

  add(what: string, amount = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + amount);
  }

  get(what: string): number {
    return this.counts.get(what) ?? 0;
  }

  entries(): Iterable<readonly [string, number]> {
    return this.counts;
  }
}
