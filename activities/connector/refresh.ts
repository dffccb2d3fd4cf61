import { ApplicationFailure } from '@temporalio/common';
import type { z } from 'zod';
import { unreachable } from './ask-bot';
import type { refreshedSchema } from './bot-answers';
import { pause } from './pause';

/** Of the time until a conversation expires: half of it leaves as much for repeats. */
const REFRESH_AFTER = 0.5;
const REPEAT_AFTER = 0.05;

export interface Refreshing {
  expiresS: number;
  /** It has been held before: nobody knows how much of its time is left. */
  isDue: boolean;
  /** One request. */
  ask: () => Promise<z.output<typeof refreshedSchema>>;
}

/**
 * Refreshes a conversation before it expires, until the signal.
 * @throws BotUnreachable, not retryable, when the bot refuses for good or the conversation has expired
 */
export async function keepRefreshed(
  { expiresS: firstExpiresS, isDue, ask }: Refreshing,
  signal: AbortSignal
): Promise<void> {
  let expiresMs = firstExpiresS * 1000;
  let expiresAtMs = Date.now() + expiresMs;
  if (!isDue) await pause(expiresMs * REFRESH_AFTER, signal);
  while (!signal.aborted) {
    const askedAtMs = Date.now();
    try {
      const { expiresSeconds } = await ask();
      expiresMs = expiresSeconds === undefined ? expiresMs : expiresSeconds * 1000;
      expiresAtMs = askedAtMs + expiresMs;
      await pause(askedAtMs + expiresMs * REFRESH_AFTER - Date.now(), signal);
    } catch (err) {
      if (isFinal(err) || Date.now() > expiresAtMs) throw expired(err);
      await pause(expiresMs * REPEAT_AFTER, signal);
    }
  }
}

function isFinal(err: unknown): boolean {
  return err instanceof ApplicationFailure && err.nonRetryable === true;
}

function expired(err: unknown): ApplicationFailure {
  return unreachable(
    `the conversation could not be refreshed: ${err instanceof Error ? err.message : String(err)}`,
    true
  );
}
