import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { open } from 'lmdb';
import { DiskStore } from '../../../sip-server/store/disk-store';
import { prepareDataFile } from '../../../sip-server/store/file-check';
import { stepsFor, version } from '../../../sip-server/store/format';
import { isHeldByAnother, ownerOf } from '../../../sip-server/store/owner';
import { StoreError } from '../../../sip-server/store/store';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sip-store-'));
  file = join(folder, 'data.mdb');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A store with rows, closed as at the end of its process. */
async function written(rows = 1): Promise<void> {
  const store = DiskStore.open(folder);
  const table = store.table<{ text: string }>('dialogs');
  store.commit(() => {
    for (let row = 0; row < rows; row++) table.put(`call-${row}`, { text: 'x'.repeat(1000) });
  });
  await store.close();
}

/** The store's file, looked at in a copy. */
function isShort(): boolean {
  const copy = join(folder, 'copy');
  copyFileSync(file, copy);
  return prepareDataFile(copy).lengthBefore !== undefined;
}

let seed = 1;

/** The same numbers in each run, from 0 to below `limit`. */
function chance(limit: number): number {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % limit;
}

/** A store of other data in the same file. */
async function rewritten(
  change: (meta: { put(key: string, value: unknown): Promise<boolean> }) => Promise<unknown>
): Promise<void> {
  const root = open({ path: folder, encoding: 'json' });
  await change(root.openDB<unknown, string>({ name: 'meta', encoding: 'json' }));
  await root.close();
}

describe('a store on disk', () => {
  it('has its rows again when it is opened anew', async () => {
    const first = DiskStore.open(folder);
    const long = 'long '.repeat(1000);
    const table = first.table<{ n: number }>('dialogs');
    first.commit(() => {
      table.put('a', { n: 1 });
      table.put('b', { n: 2 });
      table.put(long, { n: 3 });
      table.remove('b');
    });
    await first.close();
    const second = DiskStore.open(folder);
    const again = second.table<{ n: number }>('dialogs');
    expect([again.get('a'), again.get('b'), again.get(long)]).toEqual([{ n: 1 }, undefined, { n: 3 }]);
    expect([...again.rows()]).toHaveLength(2);
    expect(second.run).not.toBe(first.run);
    await second.close();
  });

  it('whose file ends before its last page, as LMDB leaves it now and then, has all of its rows', async () => {
    const store = DiskStore.open(folder);
    const table = store.table<{ text: string }>('dialogs');
    const kept: string[] = [];
    for (let change = 0; !isShort(); change++) {
      if (change > 5000) throw new Error('LMDB has never left a short file');
      store.commit(() => {
        const isGrowing = chance(3) > 0;
        for (let row = chance(40); row >= 0; row--) {
          const key = isGrowing ? `${change}-${row}` : kept.shift();
          if (key === undefined) return;
          if (!isGrowing) table.remove(key);
          else {
            kept.push(key);
            table.put(key, { text: 'x'.repeat(chance(1800)) });
          }
        }
      });
    }
    const copy = mkdtempSync(join(tmpdir(), 'sip-store-'));
    copyFileSync(file, join(copy, 'data.mdb'));
    await store.close();
    const again = DiskStore.open(copy);
    expect([...again.table('dialogs').rows()]).toHaveLength(kept.length);
    await again.close();
    rmSync(copy, { recursive: true });
  });

  it.each([
    ['no file of LMDB', (path: string) => writeFileSync(path, 'x'.repeat(100_000)), /is damaged: it is not a file/],
    ['empty', (path: string) => writeFileSync(path, ''), /is damaged: it is not a file/],
    ['cut short', (path: string) => truncateSync(path, 20_000), /is damaged: it is shorter/],
  ])('that is %s is refused', async (_what, spoil, message) => {
    await written(100);
    spoil(file);
    expect(() => DiskStore.open(folder)).toThrow(StoreError);
    expect(() => DiskStore.open(folder)).toThrow(message);
  });

  it('with pages that were overwritten is refused when they are read', async () => {
    await written(500);
    const bytes = readFileSync(file);
    for (let page = 8192; page < bytes.length; page += 3 * 4096) bytes.fill(0, page, page + 4096);
    writeFileSync(file, bytes);
    expect(() => {
      const store = DiskStore.open(folder);
      return [...store.table('dialogs').rows()];
    }).toThrow(/is damaged: .*move the folder away/);
  });

  it('of another program is refused and left as it is', async () => {
    const root = open({ path: folder });
    await root.openDB({ name: 'orders' }).put('a', 1);
    await root.close();
    const before = readFileSync(file);
    expect(() => DiskStore.open(folder)).toThrow(/holds something else/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('of a newer version is refused', async () => {
    await written();
    await rewritten((meta) => meta.put('mark', { kind: 'durable-calls sip-server', version: version + 1 }));
    expect(() => DiskStore.open(folder)).toThrow(/newer version \(store format 2, this one reads 1\)/);
  });

  it('that another process holds is refused', async () => {
    await written();
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    await once(holder, 'spawn');
    const owner = ownerOf(holder.pid ?? 0);
    await rewritten((meta) => meta.put('owner', owner));
    expect(() => DiskStore.open(folder)).toThrow(`is in use by another SIP server (pid ${owner.pid})`);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await DiskStore.open(folder).close();
  });

  it('whose folder cannot be made is refused', () => {
    writeFileSync(join(folder, 'taken'), '');
    expect(() => DiskStore.open(join(folder, 'taken'))).toThrow(/cannot write to the store in .*EEXIST/);
  });

  it('that this user may not write is refused with what to do, and is whole afterwards', async () => {
    await written();
    chmodSync(folder, 0o555);
    expect(() => asNobody(() => DiskStore.open(folder))).toThrow(/EACCES.*Let this user write there; calls .* go on/);
    chmodSync(folder, 0o755);
    const store = DiskStore.open(folder);
    expect([...store.table('dialogs').rows()]).toHaveLength(1);
    await store.close();
  });
});

/** Whoever runs the tests as root may write everywhere. */
function asNobody<T>(run: () => T): T {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(65534);
  try {
    return run();
  } finally {
    process.seteuid?.(0);
  }
}

describe('the owner of a store', () => {
  it('is not a later process with the same pid, nor one that cannot be seen', () => {
    const parent = ownerOf(process.ppid);
    expect(isHeldByAnother(parent)).toBe(true);
    expect(isHeldByAnother({ ...parent, startedAt: `${parent.startedAt}0` })).toBe(false);
    expect(isHeldByAnother({ ...parent, pidNamespace: 'pid:[1]' })).toBe(false);
    expect(isHeldByAnother(ownerOf(process.pid))).toBe(false);
  });
});

describe('the steps to the format of this version', () => {
  const kind = 'durable-calls sip-server';

  it('run from the version of the store on', () => {
    const run: number[] = [];
    const migrations = new Map([[version - 1, () => void run.push(version - 1)]]);
    for (const step of stepsFor({ kind, version: version - 1 }, 'folder', migrations)) step();
    expect(run).toEqual([version - 1]);
    expect(stepsFor({ kind, version }, 'folder', migrations)).toEqual([]);
    expect(stepsFor(undefined, 'folder', migrations)).toEqual([]);
  });

  it('must be there', () => {
    expect(() => stepsFor({ kind, version: version - 1 }, 'folder', new Map())).toThrow(/cannot read/);
  });
});
