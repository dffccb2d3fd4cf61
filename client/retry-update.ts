import { setTimeout as delay } from 'node:timers/promises';
import { grpcCode, isUnprocessed } from './temporal-failures';

/** FAILED_PRECONDITION (google.rpc.Code) with these words: the update went down with its workflow task and was not carried out. */
const FAILED_PRECONDITION = 9;
const TASK_FAILED = /workflow task failure/;

const TRIES = 10;
const PAUSE_MS = 50;

/**
 * Sends an update again that Temporal dropped together with its workflow task, as happens when another message comes in the moment in which
 * a call goes on in a new run, or that no worker has looked at.
 * @param send uses the same update id each time
 */
export async function untilTaken<Result>(send: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (err) {
      if (tries === TRIES || !isDropped(err)) throw err;
      await delay(PAUSE_MS);
    }
  }
}

function isDropped(err: unknown): boolean {
  return isUnprocessed(err) || (grpcCode(err) === FAILED_PRECONDITION && TASK_FAILED.test(textOf(err)));
}

/** The words stand in the gRPC error that is the cause. */
function textOf(err: unknown): string {
  return err instanceof Error ? `${err.message} ${textOf(err.cause)}` : '';
}
