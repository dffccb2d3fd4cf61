import type { CallEnd, CallView } from '../contracts/call';
import type { CallSource, PollingTimes, Watched } from './call-poller';
import { CallPoller } from './call-poller';
import { TooManyWatches } from './errors';

/** What happens on a call: the entries of its timeline, then its end, which has no reason when its workflow was terminated. */
export type CallEvent<View extends WatchedToEnd = CallView> =
  { kind: 'timeline'; entry: View['timeline'][number] } | { kind: 'end'; end: CallEnd | undefined };

interface WatchedToEnd extends Watched {
  end?: CallEnd;
}

/** Events of one call as they happen. Iterate it to the end of the call, or call `return` to stop watching. */
export class CallWatch<View extends WatchedToEnd = CallView> implements AsyncIterableIterator<CallEvent<View>> {
  #seen: View | undefined;
  #events: CallEvent<View>[] = [];
  #isOver = false;

  /**
   * @param after the entry after which it begins; 0 for all that is kept
   * @param onLeave called once
   */
  constructor(
    private readonly poller: CallPoller<View>,
    private after: number,
    private readonly onLeave: () => void
  ) {
    poller.join();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The call as it was when it was looked at last. */
  get seen(): View | undefined {
    return this.#seen;
  }

  /** Resolves when the call was seen for the first time. @throws CallNotFound, TemporalUnavailable */
  async open(): Promise<void> {
    await this.#look();
  }

  async next(): Promise<IteratorResult<CallEvent<View>, undefined>> {
    while (this.#events.length === 0 && !this.#isOver) await this.#look();
    const value = this.#events.shift();
    if (value?.kind === 'end') this.#leave();
    return value ? { done: false, value } : { done: true, value };
  }

  return(): Promise<IteratorResult<CallEvent<View>, undefined>> {
    this.#events = [];
    this.#leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  async #look(): Promise<void> {
    try {
      const view = await this.poller.next(this.#seen, () => this.#isOver);
      if (view) this.#take(view);
    } catch (err) {
      this.#leave();
      throw err;
    }
  }

  #take(view: View): void {
    this.#seen = view;
    const news = view.timeline.filter(({ n }) => n > this.after);
    this.after = news.at(-1)?.n ?? this.after;
    this.#events.push(...news.map((entry): CallEvent<View> => ({ kind: 'timeline', entry })));
    if (view.phase === 'ended') this.#events.push({ kind: 'end', end: view.end });
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.poller.leave();
    this.poller.wake();
    this.onLeave();
  }
}

export interface WatchOptions {
  /** Number of the entry after which it begins. Default 0: all entries that are kept, the last 100. */
  after?: number;
}

export interface WatchLimits extends PollingTimes {
  /** Watches at once, over all calls. */
  maxWatches: number;
}

export const DEFAULT_WATCH_LIMITS: WatchLimits = { quickMs: 200, slowMs: 1000, giveUpMs: 30_000, maxWatches: 1000 };

/** The watches of a process: those of the same call share one poller. */
export class CallWatches<View extends WatchedToEnd = CallView> {
  readonly #pollers = new Map<string, CallPoller<View>>();
  #count = 0;

  constructor(
    private readonly sourceOf: (callId: string) => CallSource<View>,
    private readonly limits: WatchLimits
  ) {}

  /** @throws TooManyWatches, and what the first look fails with */
  async open(callId: string, after: number): Promise<CallWatch<View>> {
    if (this.#count >= this.limits.maxWatches) throw new TooManyWatches('too many calls are being watched');
    const poller = this.#pollers.get(callId) ?? new CallPoller(this.sourceOf(callId), this.limits);
    this.#pollers.set(callId, poller);
    this.#count++;
    const watch = new CallWatch(poller, after, () => {
      this.#count--;
      if (!poller.isWatched) this.#pollers.delete(callId);
    });
    await watch.open();
    return watch;
  }
}
