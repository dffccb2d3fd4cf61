import { createHash } from 'node:crypto';
import type { Database } from 'lmdb';
import type { Table } from './store';

/** Longer keys are hashed: LMDB takes less than 2 KB. */
const longestKey = 400;

/** A table of a store on disk. What was put waits in memory until `write`, and is seen from the first moment on. */
export class DiskTable implements Table<unknown> {
  /** By key; undefined: to be removed. */
  private readonly waiting = new Map<string, unknown>();

  constructor(
    private readonly database: Database<unknown, string>,
    /** Makes the error for what cannot be read. */
    private readonly damaged: (why: string) => Error
  ) {}

  get(key: string): unknown {
    const at = keyOf(key);
    if (this.waiting.has(at)) return structuredClone(this.waiting.get(at));
    return this.read(() => this.database.get(at));
  }

  put(key: string, row: unknown): void {
    this.waiting.set(keyOf(key), row);
  }

  remove(key: string): void {
    this.waiting.set(keyOf(key), undefined);
  }

  *rows(): Iterable<unknown> {
    const range = this.database.getRange()[Symbol.iterator]();
    for (let next = this.read(() => range.next()); next.done !== true; next = this.read(() => range.next()))
      if (!this.waiting.has(next.value.key)) yield next.value.value;
    for (const row of this.waiting.values()) if (row !== undefined) yield structuredClone(row);
  }

  /** Writes what waits; runs inside of a transaction. */
  write(): void {
    for (const [key, row] of this.waiting) {
      if (row === undefined) this.database.removeSync(key);
      else this.database.putSync(key, row);
    }
  }

  /** The transaction of `write` has been committed. */
  written(): void {
    this.waiting.clear();
  }

  private read<T>(from: () => T): T {
    try {
      return from();
    } catch (error) {
      throw this.damaged((error as Error).message);
    }
  }
}

function keyOf(key: string): string {
  return key.length <= longestKey ? key : `#${createHash('sha256').update(key).digest('hex')}`;
}
