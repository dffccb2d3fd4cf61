/** The rows of one kind, by key. A row is plain data: what JSON can hold. */
export interface Table<Row> {
  get(key: string): Row | undefined;
  /** Only inside of `Store.commit`. */
  put(key: string, row: Row): void;
  /** Only inside of `Store.commit`. */
  remove(key: string): void;
  /** All rows, in no particular order; not to be changed meanwhile. */
  rows(): Iterable<Row>;
}

export type TableName = 'dialogs' | 'arrivals' | 'requests' | 'effects' | 'notices';

/** Where the server keeps what must outlive its process. */
export interface Store {
  /** Names this process: rows that it did not write come from an earlier one. */
  readonly run: string;
  table<Row>(name: TableName): Table<Row>;
  /** Why the last commits are in memory only; undefined while there is nothing wrong. */
  readonly fault: string | undefined;
  /** Runs `change`; its changes are kept together, and whatever becomes of this process once it has returned, unless there is a `fault`. */
  commit(change: () => void): void;
  /** Tries again to keep what a fault left in memory. */
  retry(): void;
  close(): Promise<void>;
}

/** A store that cannot be used; the message says why and what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
