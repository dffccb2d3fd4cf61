/** Timer values of RFC 3261 section 17 and table 4, in milliseconds. */
export interface Timers {
  /** Estimate of the round trip; first interval of timers A, E and G. Default 500. */
  t1: number;
  /** Longest interval of timers E and G. Default 4000. */
  t2: number;
  /** How long a message may linger in the network; timers I and K. Default 5000. */
  t4: number;
  /** Timer C: time since the last 1xx after which an INVITE is cancelled (section 16.6, more than 3 minutes). Default 185000. */
  c: number;
}

export const defaultTimers: Timers = { t1: 500, t2: 4000, t4: 5000, c: 185000 };

/** 64*T1, the length of timers B, D, F, H, J, L and M: nobody retransmits longer. */
export function transactionTime({ t1 }: Timers): number {
  return 64 * t1;
}

/** The running timers of one transaction by their letter. */
export class TimerGroup {
  private readonly running = new Map<string, NodeJS.Timeout>();

  /** Starts or restarts a timer. */
  start(letter: string, ms: number, action: () => void): void {
    this.stop(letter);
    const fire = (): void => {
      this.running.delete(letter);
      action();
    };
    this.running.set(letter, setTimeout(fire, ms));
  }

  /** Repeats an action at intervals that double from `firstMs` up to `longestMs`. */
  repeat(letter: string, firstMs: number, longestMs: number, action: () => void): void {
    this.start(letter, firstMs, () => {
      this.repeat(letter, Math.min(2 * firstMs, longestMs), longestMs, action);
      action();
    });
  }

  stop(...letters: string[]): void {
    for (const letter of letters) {
      clearTimeout(this.running.get(letter));
      this.running.delete(letter);
    }
  }

  stopAll(): void {
    this.stop(...this.running.keys());
  }
}
