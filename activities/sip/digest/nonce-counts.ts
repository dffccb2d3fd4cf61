/** Nonces remembered; a server that hands one out again has done so recently. */
const REMEMBERED = 1_000;

/** How often each nonce has been answered (`nc`, RFC 7616 section 3.4): a server may hand the same one out twice. */
export class NonceCounts {
  readonly #counts = new Map<string, number>();

  /** Counts one more answer. @returns how many there are with it */
  next(nonce: string): number {
    const count = (this.#counts.get(nonce) ?? 0) + 1;
    this.#counts.delete(nonce);
    this.#counts.set(nonce, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > REMEMBERED && oldest !== undefined) this.#counts.delete(oldest);
    return count;
  }
}
