import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';

const magic = 0xbeefc0de;

/** Offsets in one of the two meta pages of an LMDB file. */
const at = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152 };

const metaBytes = 160;
const smallestPage = 256;

/** What is wrong with a data file for sure; or how long it was when its end is missing, with pages that are of use or not. */
export interface DataFileState {
  fault?: string;
  lengthBefore?: number;
}

/**
 * Makes a data file safe to be mapped: a process that reads behind the end of one is ended by the system. LMDB does not write pages that one
 * change took and gave back, so that a good file may end before its last page. It gets its full length; were the missing pages of use, LMDB
 * says when it comes to them that they are none.
 */
export function prepareDataFile(path: string): DataFileState {
  const file = openSync(path, 'r+');
  try {
    const first = readMeta(file, 0);
    if (first === undefined) return { fault: 'it is not a file of this kind' };
    const second = readMeta(file, first.pageSize);
    if (second === undefined) return { fault: 'its second page is damaged' };
    const newest = second.transaction > first.transaction ? second : first;
    const length = (newest.lastPage + 1) * first.pageSize;
    const lengthBefore = fstatSync(file).size;
    if (lengthBefore >= length) return {};
    ftruncateSync(file, length);
    return { lengthBefore };
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
