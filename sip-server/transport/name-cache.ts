import { now } from '../clock';

const maxEntries = 1000;

/** What a look-up gave, and how long it holds, in milliseconds. */
export interface Found<T> {
  value: T;
  forMs: number;
}

/** Keeps what was looked up, and what is being looked up, so that many who ask at once make one query. */
export class NameCache<T> {
  private readonly entries = new Map<string, { value: Promise<T>; until: number }>();

  /** @param lookUp must not reject */
  get(name: string, lookUp: () => Promise<Found<T>>): Promise<T> {
    const known = this.entries.get(name);
    if (known !== undefined && known.until > now()) return known.value;
    const entry = { value: lookUp().then((found) => take(found)), until: Infinity };
    const take = ({ value, forMs }: Found<T>): T => {
      entry.until = now() + forMs;
      return value;
    };
    this.entries.delete(name);
    this.entries.set(name, entry);
    const [oldest] = this.entries.keys();
    if (this.entries.size > maxEntries && oldest !== undefined) this.entries.delete(oldest);
    return entry.value;
  }
}
