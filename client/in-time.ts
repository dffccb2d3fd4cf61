import type { Client } from '@temporalio/client';
import { TemporalUnavailable } from './errors';

/**
 * Ends a request within its deadline, by a clock of our own beside the client's: retries inside a connection may outlast that.
 * @throws TemporalUnavailable
 */
export async function inTime<T>(
  client: Pick<Client, 'withDeadline'>,
  deadlineMs: number,
  request: () => Promise<T>
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(new TemporalUnavailable('Temporal did not answer in time'));
    timer = setTimeout(giveUp, deadlineMs);
  });
  try {
    return await Promise.race([client.withDeadline(Date.now() + deadlineMs, request), late]);
  } finally {
    clearTimeout(timer);
  }
}
