import { now } from '../clock';

/** Derived from time and well below 2^31 (RFC 3261 section 8.1.1.5), so that a restart does not start lower. */
export function initialCseq(): number {
  return (Math.floor(now() / 1000) % 2 ** 26) + 1;
}
