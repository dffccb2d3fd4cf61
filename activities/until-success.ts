import { setTimeout as sleep } from 'node:timers/promises';

/** Between tries, in ms: the first pause is doubled each time, up to the longest. */
export interface Pauses {
  firstMs: number;
  longestMs: number;
}

/** The pauses, one after the other, without end. */
export function* growingPauses({ firstMs, longestMs }: Pauses): Generator<number, never> {
  for (let ms = firstMs; ; ms = Math.min(ms * 2, longestMs)) yield ms;
}

/**
 * Tries until it succeeds.
 * @param onFailure told of each failure and of the pause that follows, in ms; what it throws ends the tries
 */
export async function untilSuccess<Result>(
  attempt: () => Promise<Result>,
  pauses: Pauses,
  onFailure: (err: unknown, pauseMs: number) => void
): Promise<Result> {
  const pause = growingPauses(pauses);
  for (;;) {
    try {
      return await attempt();
    } catch (err) {
      const pauseMs = pause.next().value;
      onFailure(err, pauseMs);
      await sleep(pauseMs);
    }
  }
}
