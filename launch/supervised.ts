import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessExit } from './running-process';

/** A process as far as supervision needs it. */
export interface Supervisable {
  pid: number;
  exited: Promise<ProcessExit>;
  stop(graceMs: number): Promise<void>;
}

export interface SupervisedOptions {
  name: string;
  /** Starts the process and resolves when it is ready for work. When `signal` aborts, it leaves no process and rejects. */
  start: (signal: AbortSignal) => Promise<Supervisable>;
  /** Told in plain words about deaths and restarts. */
  say: (text: string) => void;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;
/** A process that ran this long was healthy: the back-off starts again. */
const HEALTHY_AFTER_MS = 10_000;

/** Delay before a restart: 100 ms, doubled with each death in a row, at most 5 s. @param deathsInARow from 1 */
export function restartDelayMs(deathsInARow: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (deathsInARow - 1), LONGEST_DELAY_MS);
}

/** Keeps one process running until it is stopped. */
export class Supervised {
  private current: Supervisable | undefined;
  private readonly stopping = new AbortController();
  private watch: Promise<void> = Promise.resolve();

  constructor(private readonly options: SupervisedOptions) {}

  get name(): string {
    return this.options.name;
  }

  /** The first start; its failure is the caller's. */
  async start(): Promise<void> {
    const first = this.options.start(this.stopping.signal);
    this.watch = first.then(
      (started) => this.keepRunning(started),
      () => undefined
    );
    await first;
  }

  /** Ends supervision, then the process. May be called again. */
  async stop(graceMs: number): Promise<void> {
    this.stopping.abort();
    await this.current?.stop(graceMs);
    await this.watch;
    // A start may have been under way: what it started goes too.
    await this.current?.stop(graceMs);
  }

  private async keepRunning(first: Supervisable): Promise<void> {
    this.current = first;
    let running = first;
    let deathsInARow = 0;
    while (!this.isStopping()) {
      const startedAt = Date.now();
      const exit = await running.exited;
      if (this.isStopping()) return;
      deathsInARow = Date.now() - startedAt >= HEALTHY_AFTER_MS ? 1 : deathsInARow + 1;
      this.options.say(`${this.options.name} (pid ${running.pid}) ended ${exitText(exit)}`);
      const next = await this.restart(deathsInARow);
      if (next === undefined) return;
      running = next;
      this.options.say(`${this.options.name} runs again (pid ${running.pid})`);
    }
  }

  /** @returns undefined when supervision ended meanwhile */
  private async restart(deathsInARow: number): Promise<Supervisable | undefined> {
    for (let deaths = deathsInARow; ; deaths += 1) {
      const waitMs = restartDelayMs(deaths);
      this.options.say(`${this.options.name} is started again in ${waitMs} ms`);
      await delay(waitMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.isStopping()) return undefined;
      try {
        this.current = await this.options.start(this.stopping.signal);
        return this.isStopping() ? undefined : this.current;
      } catch (error) {
        this.options.say(
          `${this.options.name} did not start: ${error instanceof Error ? error.message : String(error)}`
        );
      }
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }
}

function exitText({ code, signal }: ProcessExit): string {
  return signal === null ? `with exit code ${code ?? 'unknown'}` : `by ${signal}`;
}
