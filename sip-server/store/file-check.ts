import { closeSync, openSync, readSync, fstatSync } from 'node:fs';

const magic = 0xbeefc0de;

/** Offsets in one of the two meta pages of an LMDB file. */
const at = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152 };

const metaBytes = 160;
const smallestPage = 256;

/**
 * Looks at a data file before it is mapped: a process that reads behind the end of a shortened file is ended by the system.
 * @returns what is wrong with it, if anything
 */
export function faultOfDataFile(path: string): string | undefined {
  const file = openSync(path, 'r');
  try {
    const first = readMeta(file, 0);
    if (first === undefined) return 'it is not a file of this kind';
    const second = readMeta(file, first.pageSize);
    if (second === undefined) return 'its second page is damaged';
    const newest = second.transaction > first.transaction ? second : first;
    const isWhole = fstatSync(file).size >= (newest.lastPage + 1) * first.pageSize;
    return isWhole ? undefined : 'it is shorter than it should be';
  } finally {
    closeSync(file);
  }
}

function readMeta(
  file: number,
  offset: number
): { pageSize: number; lastPage: number; transaction: bigint } | undefined {
  const page = Buffer.alloc(metaBytes);
  const isRead = readSync(file, page, 0, metaBytes, offset) === metaBytes;
  if (!isRead || page.readUInt32LE(at.magic) !== magic) return undefined;
  const pageSize = page.readUInt32LE(at.pageSize);
  const lastPage = Number(page.readBigUInt64LE(at.lastPage));
  if (pageSize < smallestPage) return undefined;
  return { pageSize, lastPage, transaction: page.readBigUInt64LE(at.transaction) };
}
