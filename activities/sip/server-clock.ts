import { Context } from '@temporalio/activity';

/** A task that waited longer than this for a worker is rarer than a machine whose clock is wrong, in ms. */
const LONGEST_WAIT_MS = 60_000;

/**
 * The time as the Temporal server has it, in ms since the epoch: what deadlines of workflows are in. It counts from the moment at which the
 * server gave out this attempt, so that neither a wrong clock of this machine nor a step of it moves a deadline.
 */
export function serverClock(): () => number {
  const { currentAttemptScheduledTimestampMs: givenOutAt } = Context.current().info;
  const waitedMs = Date.now() - givenOutAt;
  const isPlausible = waitedMs >= 0 && waitedMs <= LONGEST_WAIT_MS;
  const startedAt = givenOutAt + (isPlausible ? waitedMs : 0);
  const origin = performance.now();
  return () => startedAt + performance.now() - origin;
}
