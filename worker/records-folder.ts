import type { Log } from '../activities/log';
import { tryRecordsFolder } from '../activities/records/records-folder';
import { ConfigError } from '../config/config';

/**
 * A folder that cannot be written ends the start of a worker; one whose disk is full does not, for calls have to go on.
 * @throws ConfigError saying what to do
 */
export async function requireRecordsFolder(folder: string, log: Pick<Log, 'error'>): Promise<void> {
  try {
    const fault = await tryRecordsFolder(folder);
    if (fault !== undefined)
      log.error({ folder, fault }, 'no room for call records: they wait in Temporal until there is some');
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    throw new ConfigError([
      `call records cannot be written to ${folder}: ${reason} (let this user write there, or set records.folder)`,
    ]);
  }
}
