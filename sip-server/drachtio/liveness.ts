import { now } from '../clock';
import { after } from '../dialog/timer';

/** A client that pings counts as hung after this many intervals without any frame of it. */
const silentIntervals = 2.5;

export interface LivenessSettings {
  /** Intervals between pings count as at least this long, in milliseconds. */
  shortestPingMs: number;
  /** What was sent to a client must leave for its machine in this time, in milliseconds. */
  undrainedMs: number;
}

export interface LivenessEvents {
  onHung(why: string): void;
  onBack(): void;
}

/** Whether a client whose connection is open still does anything: one that hangs keeps its connection. */
export class Liveness {
  private isSilent = false;
  private isStuck = false;
  private heardAt = now();
  private pingedAt: number | undefined;
  /** Time between two pings, learnt from them; undefined for a client that has not pinged twice. */
  private intervalMs: number | undefined;
  private silence: NodeJS.Timeout | undefined;
  private unread: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: LivenessSettings,
    private readonly events: LivenessEvents
  ) {}

  get isHung(): boolean {
    return this.isSilent || this.isStuck;
  }

  /** A frame came. */
  heard(): void {
    this.heardAt = now();
    if (this.intervalMs !== undefined) this.awaitFrame();
    if (this.isSilent) this.change(() => (this.isSilent = false));
  }

  /** The frame was a ping. */
  pinged(): void {
    const gapMs = this.pingedAt === undefined ? undefined : now() - this.pingedAt;
    this.pingedAt = now();
    if (gapMs === undefined) return;
    if (this.intervalMs === undefined) this.intervalMs = gapMs;
    // A gap in which the client hung says nothing about its interval.
    else if (gapMs < this.longestSilenceMs) this.intervalMs += (gapMs - this.intervalMs) / 4;
    this.awaitFrame();
  }

  /** True when no frame has come since a time of `now`. */
  isSilentSince(at: number): boolean {
    return this.heardAt <= at;
  }

  /** It counts as hung until it speaks. */
  suspect(): void {
    this.change(() => (this.isSilent = true), 'it leaves requests without an answer and says nothing');
  }

  /** The machine takes no more of what is sent to the client. */
  blocked(): void {
    const { undrainedMs } = this.settings;
    this.unread ??= after(undrainedMs, () => this.change(() => (this.isStuck = true), 'it does not read'));
  }

  /** All that was sent has left. */
  drained(): void {
    clearTimeout(this.unread);
    this.unread = undefined;
    if (this.isStuck) this.change(() => (this.isStuck = false));
  }

  stop(): void {
    clearTimeout(this.silence);
    clearTimeout(this.unread);
  }

  private get longestSilenceMs(): number {
    return silentIntervals * Math.max(this.intervalMs ?? 0, this.settings.shortestPingMs);
  }

  private awaitFrame(): void {
    const { heardAt } = this;
    clearTimeout(this.silence);
    // When this process itself was held up, frames have come that are read only after the timers.
    this.silence = after(this.longestSilenceMs, () =>
      setImmediate(() => {
        if (this.heardAt === heardAt) this.change(() => (this.isSilent = true), 'its pings stay away');
      })
    );
  }

  private change(apply: () => void, why = ''): void {
    const wasHung = this.isHung;
    apply();
    if (this.isHung === wasHung) return;
    if (this.isHung) this.events.onHung(why);
    else this.events.onBack();
  }
}
