import type { CallPhase, CallView } from '../contracts/call';
import { TemporalUnavailable } from './errors';

/** What is watched of a call: entries with numbers, until it has ended. */
export interface Watched {
  phase: CallPhase;
  timeline: readonly { n: number }[];
}

/** Where a call is looked at. */
export interface CallSource<View extends Watched = CallView> {
  look(): Promise<View>;
  /** Its workflow is closed, by its own end or from outside. */
  isClosed(): Promise<boolean>;
}

export interface PollingTimes {
  /** Ms between two looks while the call changes. */
  quickMs: number;
  /** Ms between two looks at most. */
  slowMs: number;
  /** Ms without an answer after which the call is given up. */
  giveUpMs: number;
}

const BACK_OFF = 1.5;

/** Looks at one call again and again, for all who watch it, until it has ended or nobody watches. */
export class CallPoller<View extends Watched = CallView> {
  #view: View | undefined;
  #failure: { reason: unknown } | undefined;
  #watchers = 0;
  #isRunning = false;
  #answeredAt = Date.now();
  readonly #waiting = new Set<() => void>();
  #cutPause: () => void = () => undefined;

  constructor(
    private readonly source: CallSource<View>,
    private readonly times: PollingTimes
  ) {}

  get isWatched(): boolean {
    return this.#watchers > 0;
  }

  /** Every `join` needs a `leave`. */
  join(): void {
    this.#watchers++;
    if (!this.#isRunning) void this.#run();
  }

  leave(): void {
    this.#watchers--;
    if (!this.isWatched) this.#cutPause();
  }

  /**
   * The call as it is when it is no longer `seen`.
   * @returns undefined when `isLeft` turned true while waiting; `wake` makes it look
   * @throws what the look failed with
   */
  async next(seen: View | undefined, isLeft: () => boolean): Promise<View | undefined> {
    while (!isLeft()) {
      if (this.#view && this.#view !== seen) return this.#view;
      if (this.#failure) throw this.#failure.reason;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    return undefined;
  }

  wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    this.#failure = undefined;
    this.#answeredAt = Date.now();
    let waitMs = this.times.quickMs;
    while (this.#goesOn()) {
      const hasChanged = await this.#lookOnce(waitMs === this.times.slowMs);
      waitMs = hasChanged ? this.times.quickMs : Math.min(waitMs * BACK_OFF, this.times.slowMs);
      if (this.#goesOn()) await this.#pause(waitMs);
    }
    this.#isRunning = false;
  }

  #goesOn(): boolean {
    return this.isWatched && this.#view?.phase !== 'ended' && !this.#failure;
  }

  async #lookOnce(isQuiet: boolean): Promise<boolean> {
    try {
      const view = await this.#current(isQuiet);
      this.#answeredAt = Date.now();
      if (this.#view && lastOf(this.#view) === lastOf(view) && this.#view.phase === view.phase) return false;
      this.#view = view;
    } catch (reason) {
      const isPassing = this.#view !== undefined && reason instanceof TemporalUnavailable;
      if (isPassing && Date.now() - this.#answeredAt < this.times.giveUpMs) return false;
      this.#failure = { reason };
    }
    this.wake();
    return true;
  }

  /** A terminated workflow goes on telling the phase that it was in: a call that is quiet is asked whether it is still there. */
  async #current(isQuiet: boolean): Promise<View> {
    const view = await this.source.look();
    if (view.phase === 'ended' || !isQuiet || !(await this.source.isClosed())) return view;
    return { ...(await this.source.look()), phase: 'ended' };
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#cutPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function lastOf({ timeline }: Watched): number {
  return timeline.at(-1)?.n ?? 0;
}
