import type { Logger } from 'pino';
import type { Store } from './store';

/** How often a store that takes nothing is tried again. */
const retryEveryMs = 1000;

/** Something with a row in the store. */
export interface Stored {
  /** Writes its row, or removes it; runs inside of a commit. */
  save(): void;
}

/**
 * The rule of the store: what changed is committed before anything leaves the process that may depend on it. One commit serves all that
 * happened in one turn of the event loop.
 */
export class Journal {
  private readonly changed = new Set<Stored>();
  private readonly held: (() => void)[] = [];
  private isDue = false;
  private retrying: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: Store,
    private readonly log: Logger
  ) {}

  /** Notes that the row of `stored` is no longer what the store has. */
  note(stored: Stored): void {
    this.changed.add(stored);
    this.schedule();
  }

  /**
   * Runs `leave` after the turn, once all is committed that was noted in it: also what is noted after this call, since a response, say, is
   * sent before the dialog moves on. What leaves keeps its order.
   */
  afterCommit(leave: () => void): void {
    this.held.push(leave);
    this.schedule();
  }

  /** Commits now, and lets go what waited for it. */
  commit(): void {
    this.isDue = false;
    this.save();
    for (let count = this.held.length; count > 0; count--) {
      const leave = this.held.shift();
      if (leave !== undefined) this.run(leave);
    }
    if (this.held.length > 0) this.schedule();
  }

  /** Commits for the last time, and closes the store. */
  async close(): Promise<void> {
    this.commit();
    clearInterval(this.retrying);
    await this.store.close();
  }

  private schedule(): void {
    if (this.isDue) return;
    this.isDue = true;
    setImmediate(() => this.commit());
  }

  private save(): void {
    const changed = [...this.changed];
    this.changed.clear();
    if (changed.length === 0) return;
    this.store.commit(() => {
      for (const stored of changed) this.run(() => stored.save());
    });
    if (this.store.fault !== undefined) this.retryLater();
  }

  /** Calls go on when the disk is full, say: then the end of this process would lose what happened since. */
  private retryLater(): void {
    if (this.retrying !== undefined) return;
    const { fault } = this.store;
    this.log.fatal(
      { fault },
      'the store takes nothing: calls go on and new ones are refused, but a restart would lose them'
    );
    this.retrying = setInterval(() => this.retry(), retryEveryMs).unref();
  }

  private retry(): void {
    this.store.retry();
    if (this.store.fault !== undefined) return;
    clearInterval(this.retrying);
    this.retrying = undefined;
    this.log.warn('the store takes all that happened again: new calls are taken');
  }

  private run(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.log.error({ err: error }, 'fault in what follows a commit');
    }
  }
}
