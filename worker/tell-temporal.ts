import type { Client } from '@temporalio/client';
import type { Log } from '../activities/log';
import { untilSuccess } from '../activities/until-success';

const PAUSES = { firstMs: 200, longestMs: 5_000 };
const TRY_LIMIT_MS = 5_000;

export interface Telling {
  client: Client;
  log: Pick<Log, 'warn'>;
  /** What Temporal is told, for the log. */
  what: string;
  /** False when it need not be told any more. Default: always true. */
  isWanted?: () => boolean;
}

/** Tells Temporal something that must not be lost: again until it has taken it, each try within 5 s, with growing pauses up to 5 s. */
export async function tellTemporal(
  { client, log, what, isWanted = () => true }: Telling,
  tell: () => Promise<unknown>
): Promise<void> {
  const tellOnce = async (): Promise<void> => {
    if (isWanted()) await client.withDeadline(Date.now() + TRY_LIMIT_MS, tell);
  };
  await untilSuccess(tellOnce, PAUSES, (err) =>
    log.warn({ err: String(err) }, `Temporal does not take ${what}; telling it again`)
  );
}
