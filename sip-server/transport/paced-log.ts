/** How many sources are told apart; those beyond share one line. */
const maxSources = 1000;

const others = 'others';

/** Lines of a log that anybody on the network can cause: at most one a source and second, with a count of what it stands for. */
export class PacedLog {
  /** What came since the last line, by source. */
  private readonly unwritten = new Map<string, number>();

  constructor(private readonly everyMs = 1000) {}

  /**
   * Writes the first line of a source at once; what comes in the second after it is written as one more line at its end.
   * @param write is given how many events the line stands for
   */
  note(source: string, write: (count: number) => void): void {
    const key = this.unwritten.has(source) || this.unwritten.size < maxSources ? source : others;
    const count = this.unwritten.get(key);
    if (count === undefined) {
      write(1);
      this.pause(key, write);
    } else this.unwritten.set(key, count + 1);
  }

  private pause(key: string, write: (count: number) => void): void {
    this.unwritten.set(key, 0);
    setTimeout(() => {
      const count = this.unwritten.get(key) ?? 0;
      this.unwritten.delete(key);
      if (count === 0) return;
      write(count);
      this.pause(key, write);
    }, this.everyMs).unref();
  }
}
