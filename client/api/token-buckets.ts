export interface RateLimit {
  /** Tokens that come back each second. */
  perSecond: number;
  /** Tokens of a full bucket. */
  burst: number;
}

interface Bucket {
  tokens: number;
  /** Ms of `now` at which `tokens` was right. */
  at: number;
}

/** Buckets kept; beyond it the longest unused go, which lets their owners begin with a full one again. */
const MAX_BUCKETS = 10_000;

/** A token bucket per key. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();

  /** @param now a clock in ms that never goes back */
  constructor(
    private readonly limit: RateLimit,
    private readonly now: () => number = () => performance.now()
  ) {}

  /** Takes a token. @returns 0, or the seconds until there is one */
  take(key: string): number {
    const at = this.now();
    const { tokens } = this.#filled(key, at);
    // Set anew, so that the map's order is that of last use.
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, at });
    const [longestUnused] = this.#buckets.keys();
    if (this.#buckets.size > MAX_BUCKETS && longestUnused !== undefined) this.#buckets.delete(longestUnused);
    return tokens < 1 ? (1 - tokens) / this.limit.perSecond : 0;
  }

  #filled(key: string, at: number): Bucket {
    const { perSecond, burst } = this.limit;
    const bucket = this.#buckets.get(key);
    if (!bucket) return { tokens: burst, at };
    return { tokens: Math.min(burst, bucket.tokens + ((at - bucket.at) / 1000) * perSecond), at };
  }
}
