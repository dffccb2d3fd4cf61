import type { Log } from '../../activities/log';

const REPEATED_EVERY_MS = 30_000;

/** Says that Temporal does not answer once and now and then, and once that it does again, however many requests are tried meanwhile. */
export class Outage {
  #sinceMs: number | undefined;
  #saidAtMs = 0;
  #failures = 0;

  constructor(private readonly log: Pick<Log, 'warn'>) {}

  failed(what: string, err: unknown): void {
    const nowMs = Date.now();
    this.#sinceMs ??= nowMs;
    this.#failures++;
    if (nowMs - this.#saidAtMs < REPEATED_EVERY_MS) return;
    this.#saidAtMs = nowMs;
    const fields = { what, err: String(err), failures: this.#failures, since: new Date(this.#sinceMs).toISOString() };
    this.log.warn(fields, 'Temporal does not take what is sent to it; sending it again');
  }

  succeeded(): void {
    if (this.#sinceMs === undefined) return;
    const fields = { awayMs: Date.now() - this.#sinceMs, failures: this.#failures };
    this.log.warn(fields, 'Temporal takes again what is sent to it');
    [this.#sinceMs, this.#saidAtMs, this.#failures] = [undefined, 0, 0];
  }
}
