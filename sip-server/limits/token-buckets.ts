export interface Rate {
  /** Tokens that come back each second. */
  perSecond: number;
  /** Tokens of a full bucket. */
  burst: number;
}

interface Bucket {
  tokens: number;
  /** Milliseconds of `now` at which `tokens` was right. */
  at: number;
}

/** Buckets kept; beyond, the longest unused goes, and its owner begins with a full one again. */
const maxBuckets = 10_000;

/** A token bucket for each key. */
export class TokenBuckets {
  /** In the order of their last use. */
  private readonly buckets = new Map<string, Bucket>();

  /** @param now a clock in milliseconds that never goes back */
  constructor(
    private readonly rate: Rate,
    private readonly now: () => number = () => performance.now()
  ) {}

  get size(): number {
    return this.buckets.size;
  }

  /** @returns false when the bucket is empty */
  take(key: string): boolean {
    const bucket = this.filled(key);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  private filled(key: string): Bucket {
    const at = this.now();
    const bucket = this.buckets.get(key) ?? { tokens: this.rate.burst, at };
    const gained = ((at - bucket.at) / 1000) * this.rate.perSecond;
    bucket.tokens = Math.min(this.rate.burst, bucket.tokens + gained);
    bucket.at = at;
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    const [longestUnused] = this.buckets.keys();
    if (this.buckets.size > maxBuckets && longestUnused !== undefined) this.buckets.delete(longestUnused);
    return bucket;
  }
}
