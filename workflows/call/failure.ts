import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';

/** @returns the type of the application failure behind an activity's failure; undefined for a time-out */
export function failureType(err: unknown): string | undefined {
  const cause = err instanceof ActivityFailure ? err.cause : err;
  return cause instanceof ApplicationFailure ? (cause.type ?? undefined) : undefined;
}

/** True for an activity that failed; cancellation and faults of ours are to be thrown on. */
export function isActivityFailure(err: unknown): err is ActivityFailure {
  return err instanceof ActivityFailure && !isCancellation(err);
}

/** What went wrong, in words for operators and bots. */
export function failureText(err: unknown): string {
  const cause = err instanceof ActivityFailure ? (err.cause ?? err) : err;
  if (cause instanceof TimeoutFailure)
    return cause.timeoutType === 'START_TO_CLOSE' ? 'it took too long' : 'no worker carried it out in time';
  return cause instanceof Error ? cause.message : String(cause);
}

/** What an application failure brings with it; nothing of a time-out. */
export function failureDetails<Details extends object>(err: ActivityFailure): Partial<Details> {
  const { cause } = err;
  const [details] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  return details ?? {};
}
