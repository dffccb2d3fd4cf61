import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './store';

/** More than a new store takes at once. */
const probeBytes = 256 * 1024;

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room on its disk',
  EDQUOT: 'Make room within the quota',
  EFBIG: 'Raise the limit of file sizes',
  EROFS: 'Mount it for writing',
  EACCES: 'Let this user write there',
  EPERM: 'Let this user write there',
};

/**
 * Makes sure that files can be written in a folder, which is made when it is missing. Without room for its lock file LMDB would be ended by
 * the system.
 * @throws StoreError saying what to do
 */
export function requireWritable(folder: string): void {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    try {
      writeFileSync(probe, Buffer.alloc(probeBytes));
    } finally {
      rmSync(probe, { force: true });
    }
  } catch (error) {
    throw notWritable(folder, error as NodeJS.ErrnoException);
  }
}

export function notWritable(folder: string, error: NodeJS.ErrnoException): StoreError {
  const remedy = remedies[error.code ?? ''] ?? 'See to the disk';
  return new StoreError(
    `cannot write to the store in ${folder}: ${error.message}. ${remedy}; calls that are in it go on then, and would be lost with another folder`,
    { cause: error }
  );
}

/** True for a fault of the system that LMDB passes on; its own have negative numbers. */
export function isFaultOfSystem(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' && code > 0;
}

/** What LMDB says of a failed write, with what it leaves out: a disk that is full shows as an error of input or output. */
export function faultOf(error: Error, folder: string): string {
  const [what = ''] = error.message.split(': Attempting');
  return `${what}, ${freeMegabytes(folder)} MB free on the disk`;
}

function freeMegabytes(folder: string): string {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return ((bavail * bsize) / 1e6).toFixed(1);
  } catch {
    return '?';
  }
}
