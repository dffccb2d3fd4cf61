import type { Client } from '@temporalio/client';

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5_000;
const TRY_LIMIT_MS = 5_000;

export interface Telling {
  client: Client;
  log: { warn(fields: object, message: string): void };
  /** What Temporal is told, for the log. */
  what: string;
  /** False when it need not be told any more. Default: always true. */
  isWanted?: () => boolean;
}

/** Tells Temporal something that must not be lost: again until it has taken it, each try within 5 s, with growing pauses up to 5 s. */
export async function untilTaken(
  { client, log, what, isWanted = () => true }: Telling,
  tell: () => Promise<unknown>
): Promise<void> {
  for (let waitMs = FIRST_RETRY_MS; isWanted(); waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
    try {
      await client.withDeadline(Date.now() + TRY_LIMIT_MS, tell);
      return;
    } catch (err) {
      log.warn({ err: String(err) }, `Temporal does not take ${what}; telling it again`);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}
