import type { Connection } from '@temporalio/client';
import type { Log } from '../activities/log';
import { inTime } from '../client/in-time';
import { createCommand, searchAttributeFaults } from '../client/search-attributes';
import { ConfigError } from '../config/config';

const LIMIT_MS = 5_000;

/** Without its search attributes Temporal takes no call, so a worker does not begin. @throws ConfigError naming the command that adds them */
export async function requireSearchAttributes(
  connection: Pick<Connection, 'operatorService' | 'withDeadline'>,
  namespace: string,
  log: Pick<Log, 'warn'>
): Promise<void> {
  const asked = inTime(connection, LIMIT_MS, () => searchAttributeFaults(connection, namespace));
  const faults = await asked.catch((err: unknown) => {
    // Not every server lets a worker ask; then the first call tells.
    log.warn({ namespace, err: String(err) }, 'the search attributes of the namespace could not be checked');
  });
  if (!faults) return;
  const { missing, mistyped } = faults;
  const lines = [];
  if (missing.length > 0)
    lines.push(
      `the namespace ${namespace} lacks the search attributes ${missing.join(', ')} (run: ${createCommand(namespace, missing)})`
    );
  if (mistyped.length > 0)
    lines.push(
      `the search attributes ${mistyped.join(', ')} of the namespace ${namespace} are not of type Keyword (remove them, then create them again)`
    );
  if (lines.length > 0) throw new ConfigError(lines);
}
