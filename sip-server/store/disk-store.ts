import { randomUUID } from 'node:crypto';
import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { Database, Key, RootDatabase } from 'lmdb';
import { anchorClock } from '../clock';
import type { ClockAnchor } from '../clock';
import { faultOf, isFaultOfSystem, notWritable, requireWritable } from './disk-fault';
import { DiskTable } from './disk-table';
import { prepareDataFile } from './file-check';
import type { DataFileState } from './file-check';
import { foreign, kind, stepsFor, version } from './format';
import type { Migrations, StoreMark } from './format';
import { isHeldByAnother, ownerOf } from './owner';
import type { StoreOwner } from './owner';
import { StoreError } from './store';
import type { Store, Table, TableName } from './store';

const migrations: Migrations = new Map();

/**
 * A store in a folder of its own. A commit is in the hands of the operating system and survives the end of the process at any moment;
 * it is not synced to the disk, so that the machine's loss of power costs the last seconds or the store. What the disk does not take, because
 * it is full, say, stays in memory and is seen as if it were there.
 */
export class DiskStore implements Store {
  readonly run = randomUUID();
  fault: string | undefined;
  private readonly tables = new Map<TableName, DiskTable>();

  private constructor(
    private readonly folder: string,
    private readonly root: RootDatabase,
    private readonly meta: Database<unknown, string>
  ) {}

  /** @throws StoreError for a store that cannot be written, is damaged, foreign, of a newer version, or open in another process */
  static open(folder: string): DiskStore {
    requireWritable(folder);
    const file = join(folder, 'data.mdb');
    let state: DataFileState = {};
    try {
      if (existsSync(file)) state = prepareDataFile(file);
      if (state.fault !== undefined) throw damaged(folder, state.fault);
      const root = open({ path: folder, encoding: 'json', noSync: true, overlappingSync: false, maxDbs: 12 });
      const tables = [...root.getKeys()];
      if (tables.length > 0 && !tables.includes('meta')) throw foreign(folder);
      if (state.lengthBefore !== undefined) readAll(root, tables);
      const store = new DiskStore(folder, root, root.openDB({ name: 'meta', encoding: 'json' }));
      store.claim();
      return store;
    } catch (error) {
      if (error instanceof StoreError) throw error;
      if (isFaultOfSystem(error as Error)) throw notWritable(folder, error as Error);
      if (state.lengthBefore === undefined) throw damaged(folder, (error as Error).message);
      truncateSync(file, state.lengthBefore);
      throw damaged(folder, 'it is shorter than it should be');
    }
  }

  table<Row>(name: TableName): Table<Row> {
    const { folder, root, tables } = this;
    const table =
      tables.get(name) ?? new DiskTable(root.openDB({ name, encoding: 'json' }), (why) => damaged(folder, why));
    tables.set(name, table);
    return table as Table<unknown> as Table<Row>;
  }

  commit(change: () => void): void {
    change();
    if (this.fault === undefined) this.retry();
  }

  retry(): void {
    this.write(() => undefined);
  }

  async close(): Promise<void> {
    // On a disk that is full its name stays: the next process sees that it is gone.
    this.write(() => this.meta.removeSync('owner'));
    await this.root.close();
  }

  /** Writes what waits, and more with it. */
  private write(more: () => void): void {
    const tables = [...this.tables.values()];
    try {
      this.root.transactionSync(() => {
        for (const table of tables) table.write();
        more();
      });
      for (const table of tables) table.written();
      this.fault = undefined;
    } catch (error) {
      this.fault = faultOf(error as Error, this.folder);
    }
  }

  /** In one transaction, which only one process at a time can be in. */
  private claim(): void {
    const { folder } = this;
    this.root.readerCheck();
    this.root.transactionSync(() => {
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
      this.meta.putSync('clock', anchorClock(this.meta.get('clock') as ClockAnchor | undefined));
    });
  }
}

/** @throws Error at a page that is not what it should be */
function readAll(root: RootDatabase, tables: readonly Key[]): void {
  for (const name of tables) {
    const rows = root
      .openDB({ name: String(name), encoding: 'json' })
      .getRange()
      [Symbol.iterator]();
    while (rows.next().done !== true);
  }
}

function damaged(folder: string, why: string): StoreError {
  return new StoreError(
    `the store in ${folder} is damaged: ${why}. Its calls cannot be restored: move the folder away, or name another one`
  );
}
