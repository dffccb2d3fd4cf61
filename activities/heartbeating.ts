import { Context } from '@temporalio/activity';

/** Well within the shortest heartbeat time-out of an activity. */
const HEARTBEAT_EVERY_MS = 300;

/**
 * Heartbeats while `work` goes on, so that a worker's death is noticed and its activity runs elsewhere.
 * @param details for the attempt after this one
 */
export async function heartbeating<Result>(
  work: () => Promise<Result>,
  details: () => unknown = () => undefined
): Promise<Result> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(details()), HEARTBEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
