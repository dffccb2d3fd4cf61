import type { Fault } from './failures';

/** Deeper than any activity is; the converter to Temporal's payloads runs out of stack far beyond it. */
const MAX_DEPTH = 32;

/** Of JSON: as much as a bot of the Bot API may answer. Temporal takes no payload beyond 2 MB. */
const MAX_CHARACTERS = 256 * 1024;

/** @returns what is wrong with a payload that is nested too deep, or is too long, to be read at all */
export function payloadFault(payload: unknown): Fault | undefined {
  const tooLong = `has more than ${MAX_CHARACTERS} characters of JSON`;
  // Level by level: recursion is what a deep payload breaks.
  let level: unknown[] = [payload];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return unreadable(`is nested more than ${MAX_DEPTH} levels deep`);
    if (level.length > MAX_CHARACTERS) return unreadable(tooLong);
    if (level.some((value) => ArrayBuffer.isView(value))) return unreadable('is binary');
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value as Record<string, unknown>) : []
    );
  }
  return ((JSON.stringify(payload) as string | undefined) ?? '').length > MAX_CHARACTERS
    ? unreadable(tooLong)
    : undefined;
}

function unreadable(message: string): Fault {
  return { path: 'activities', message };
}
