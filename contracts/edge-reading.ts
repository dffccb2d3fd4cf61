import type { ReadActivities } from './activities-read';

/** What a bot's words mean, read before they came to the call's workflow. */
export interface EdgeReading {
  /** Names the context in which they were read: they mean this while it is the call's. */
  asOf: string;
  reading: ReadActivities;
}

/** @returns the name of a call's context, by `CallInput.contextName` and the name of its parameters; undefined where one is not known */
export function asOf(contextName: string | undefined, paramsName: string | undefined): string | undefined {
  return contextName === undefined || paramsName === undefined ? undefined : `${contextName}.${paramsName}`;
}

/** The name of no parameters. */
export const NO_PARAMS = '';

/** A payload of a bot. */
export interface Said {
  payload: unknown;
  /** Absent: it is still to be read. */
  edge?: EdgeReading;
}

/** What a bot answered, as far as it asks for something, in order. */
export interface BotAnswers {
  said: Said[];
}

/** What an update or a signal brings: anyone may send one. */
export function isEdgeReading(value: unknown): value is EdgeReading {
  if (!isObject(value) || typeof value['asOf'] !== 'string' || !isObject(value['reading'])) return false;
  const { faults, activities, sessionParams } = value['reading'];
  if (faults !== undefined) return isListOf(faults, ['path', 'message']);
  return isListOf(activities, ['id', 'name', 'kind']) && isObject(sessionParams);
}

/** @param texts members that each has */
function isListOf(value: unknown, texts: readonly string[]): boolean {
  const has = (each: unknown): boolean => isObject(each) && texts.every((name) => typeof each[name] === 'string');
  return Array.isArray(value) && value.every(has);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
