import { randomUUID } from 'node:crypto';
import type { Store, Table, TableName } from './store';

/** A store that ends with the process. Rows are kept as text, so that nobody can change one by what was read from it. */
export class MemoryStore implements Store {
  readonly run = randomUUID();
  readonly fault: string | undefined = undefined;
  private readonly tables = new Map<TableName, Table<unknown>>();

  table<Row>(name: TableName): Table<Row> {
    const table = this.tables.get(name) ?? new MemoryTable();
    this.tables.set(name, table);
    return table as Table<Row>;
  }

  commit(change: () => void): void {
    change();
  }

  retry(): void {
    // Nothing is ever left.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class MemoryTable implements Table<unknown> {
  private readonly texts = new Map<string, string>();

  get(key: string): unknown {
    const text = this.texts.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  put(key: string, row: unknown): void {
    this.texts.set(key, JSON.stringify(row));
  }

  remove(key: string): void {
    this.texts.delete(key);
  }

  *rows(): Iterable<unknown> {
    for (const text of this.texts.values()) yield JSON.parse(text);
  }
}
