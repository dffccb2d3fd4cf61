import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Faults that pass: until then the records wait in Temporal. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Makes the folder of the records, for its owner only, and tries to write in it.
 * @returns why no record can be written just now, when its disk is full
 * @throws Error when this user cannot write there at all
 */
export async function tryRecordsFolder(folder: string): Promise<string | undefined> {
  const probe = path.join(folder, `.${randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(probe, 'x').finally(() => rm(probe, { force: true }));
    return undefined;
  } catch (err) {
    const { code = '', message } = err as NodeJS.ErrnoException;
    if (FULL.has(code)) return message;
    throw err;
  }
}
