import { now } from './clock';
import { after } from './dialog/timer';

export interface SlumberSettings {
  /** A sleep that is longer is noticed, in milliseconds. */
  longerThanMs: number;
  /** The process does something again. @param sleptMs how long it did nothing, at most */
  onAwake(sleptMs: number): void;
}

/**
 * Notices that the process did nothing for a while: it was stopped, or its machine was suspended. A suspended machine may or may not count
 * its uptime, so both clocks are looked at; when the machine's clock is set forward, that looks the same.
 */
export class Slumber {
  private alarm: NodeJS.Timeout | undefined;

  constructor(private readonly settings: SlumberSettings) {}

  start(): void {
    const everyMs = this.settings.longerThanMs / 4;
    const [up, clock] = [now(), Date.now()];
    this.alarm = after(everyMs, () => {
      const sleptMs = Math.max(now() - up, Date.now() - clock) - everyMs;
      if (sleptMs > this.settings.longerThanMs) this.settings.onAwake(sleptMs);
      this.start();
    });
  }

  stop(): void {
    clearTimeout(this.alarm);
  }
}
