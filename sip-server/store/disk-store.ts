import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { faultOfDataFile } from './file-check';
import { foreign, kind, stepsFor, version } from './format';
import type { Migrations, StoreMark } from './format';
import { isHeldByAnother, ownerOf } from './owner';
import type { StoreOwner } from './owner';
import { StoreError } from './store';
import type { Store, Table, TableName } from './store';

const migrations: Migrations = new Map();

/** Longer keys are hashed: LMDB takes less than 2 KB. */
const longestKey = 400;

/**
 * A store in a folder of its own. A commit is in the hands of the operating system and survives the end of the process at any moment;
 * it is not synced to the disk, so that the machine's loss of power costs the last seconds or the store.
 */
export class DiskStore implements Store {
  readonly run = randomUUID();
  private readonly tables = new Map<TableName, DiskTable>();

  private constructor(
    private readonly folder: string,
    private readonly root: RootDatabase,
    private readonly meta: Database<unknown, string>
  ) {}

  /** @throws StoreError for a store that is damaged, foreign, of a newer version, or open in another process */
  static open(folder: string): DiskStore {
    const file = join(folder, 'data.mdb');
    const fault = existing(file, folder) ? faultOfDataFile(file) : undefined;
    if (fault !== undefined) throw damaged(folder, fault);
    try {
      const root = open({ path: folder, encoding: 'json', noSync: true, overlappingSync: false, maxDbs: 12 });
      const tables = [...root.getKeys()];
      if (tables.length > 0 && !tables.includes('meta')) throw foreign(folder);
      const store = new DiskStore(folder, root, root.openDB({ name: 'meta', encoding: 'json' }));
      store.claim();
      return store;
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw damaged(folder, (error as Error).message);
    }
  }

  table<Row>(name: TableName): Table<Row> {
    const table = this.tables.get(name) ?? new DiskTable(this.root.openDB({ name, encoding: 'json' }), this.folder);
    this.tables.set(name, table);
    return table as Table<unknown> as Table<Row>;
  }

  commit(change: () => void): void {
    this.root.transactionSync(change);
  }

  async close(): Promise<void> {
    this.commit(() => this.meta.removeSync('owner'));
    await this.root.close();
  }

  /** In one transaction, which only one process at a time can be in. */
  private claim(): void {
    const { folder } = this;
    this.root.readerCheck();
    this.commit(() => {
      const mark = this.meta.get('mark') as StoreMark | undefined;
      const steps = stepsFor(mark, folder, migrations);
      const owner = this.meta.get('owner') as StoreOwner | undefined;
      if (owner !== undefined && isHeldByAnother(owner)) {
        throw new StoreError(
          `${folder} is in use by another SIP server (pid ${owner.pid}): stop that one, or name another folder`
        );
      }
      for (const step of steps) step();
      this.meta.putSync('mark', { kind, version });
      this.meta.putSync('owner', ownerOf(process.pid));
    });
  }
}

class DiskTable implements Table<unknown> {
  constructor(
    private readonly database: Database<unknown, string>,
    private readonly folder: string
  ) {}

  get(key: string): unknown {
    return this.read(() => this.database.get(keyOf(key)));
  }

  put(key: string, row: unknown): void {
    this.database.putSync(keyOf(key), row);
  }

  remove(key: string): void {
    this.database.removeSync(keyOf(key));
  }

  *rows(): Iterable<unknown> {
    const range = this.database.getRange()[Symbol.iterator]();
    for (;;) {
      const next = this.read(() => range.next());
      if (next.done === true) return;
      yield next.value.value;
    }
  }

  private read<T>(from: () => T): T {
    try {
      return from();
    } catch (error) {
      throw damaged(this.folder, (error as Error).message);
    }
  }
}

function existing(file: string, folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    return existsSync(file);
  } catch (error) {
    throw new StoreError(`cannot make the folder ${folder} for the store: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function damaged(folder: string, why: string): StoreError {
  return new StoreError(
    `the store in ${folder} is damaged: ${why}. Its calls cannot be restored: move the folder away, or name another one`
  );
}

function keyOf(key: string): string {
  return key.length <= longestKey ? key : `#${createHash('sha256').update(key).digest('hex')}`;
}
