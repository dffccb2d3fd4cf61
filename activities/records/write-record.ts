import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CallRecord } from '../../contracts/call-record';

export interface RecordActivities {
  /** Writes the call detail record `<key>.json`. Writing it again leaves the same record. */
  writeRecord(record: CallRecord): Promise<void>;
}

/** @param folder where records go; made when missing, for its owner only */
export function createRecordActivities({ folder }: { folder: string }): RecordActivities {
  return {
    async writeRecord(record) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = path.join(folder, `.${record.key}.${randomUUID()}.tmp`);
      try {
        await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
        // A reader finds the whole record or none: rename replaces in one step.
        await rename(draft, path.join(folder, `${record.key}.json`));
      } catch (err) {
        await rm(draft, { force: true });
        throw err;
      }
    },
  };
}
