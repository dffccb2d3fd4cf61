import type { BotEvent } from '../bot-events';
import type { Fault } from '../failures';
import { pathText } from '../zod-faults';

/** The frameworks whose words a bot may use. */
export const DIALECT_NAMES = [
  'bot-api',
  'bot-framework',
  'copilot-studio',
  'copilot-legacy',
  'dialogflow-cx',
  'dialogflow-es',
  'jaicp',
] as const;
export type DialectName = (typeof DIALECT_NAMES)[number];

/** An activity in the form of the Bot API, made from what a bot said in its own words. */
export interface SpokenActivity {
  activity: unknown;
  /** Where it stands in the payload. */
  path: readonly PropertyKey[];
  /** Members that are called otherwise in the bot's own words: dotted path in the Bot API → path below `path`. */
  words: Readonly<Record<string, readonly PropertyKey[]>>;
}

export type SpokenActivities = { activities: SpokenActivity[] } | { faults: Fault[] };

/** What events are told about. */
export interface Conversation {
  /** The call id. */
  id: string;
  /** BCP 47 tag for frameworks that want one. */
  language: string;
  /** Events that the bot hears only when it lists them. */
  sendEventsToBot: readonly string[];
}

/** One framework's words: pure maps from and to the Bot API's. */
export interface Dialect {
  readonly name: DialectName;
  /** True when a payload can only be this framework's. */
  recognises(payload: unknown): boolean;
  /** Activities in the form of the Bot API are this framework's too. */
  readonly takesBotApi?: true;
  /** What a bot asks for. Unknown members are tolerated; the order is kept. */
  read(payload: unknown): SpokenActivities;
  /** Bodies of POSTs that tell the bot, in order; fewer than events where the framework has no word for one. */
  tell(conversation: Conversation, events: readonly BotEvent[]): unknown[];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The `type` of an activity or reply, which compares without case. */
export function typeOf(activity: unknown): string {
  return isObject(activity) && typeof activity['type'] === 'string' ? activity['type'].toLowerCase() : '';
}

export function spoken(
  activity: unknown,
  path: readonly PropertyKey[],
  words: SpokenActivity['words'] = {}
): SpokenActivity {
  return { activity, path, words };
}

/** One activity, a list of them, or `{activities: [...]}`. @param path of the payload, for faults */
export function listedIn(payload: unknown, path: readonly PropertyKey[] = []): SpokenActivities {
  const list = isObject(payload) && 'activities' in payload ? payload['activities'] : [payload].flat();
  if (!Array.isArray(list)) return { faults: [{ path: pathText([...path, 'activities']), message: 'must be a list' }] };
  return { activities: list.map((activity, i) => spoken(activity, [...path, 'activities', i])) };
}

/** True when an activity of the payload is such a one. */
export function some(payload: unknown, isSuch: (activity: unknown) => boolean): boolean {
  const said = listedIn(payload);
  return 'activities' in said && said.activities.some(({ activity }) => isSuch(activity));
}

/** Reads each activity of a list with `read`. */
export function each(said: SpokenActivities, read: (activity: SpokenActivity) => SpokenActivities): SpokenActivities {
  if ('faults' in said) return said;
  const readings = said.activities.map(read);
  const faults = readings.flatMap((reading) => ('faults' in reading ? reading.faults : []));
  if (faults.length > 0) return { faults };
  return { activities: readings.flatMap((reading) => ('activities' in reading ? reading.activities : [])) };
}

/** @param path in the form of the Bot API, below the activity. @returns the path in the bot's own words, from the payload's root */
export function ownPath({ path: root, words }: SpokenActivity, path: readonly PropertyKey[]): PropertyKey[] {
  for (let length = path.length; length > 0; length--) {
    const word = words[path.slice(0, length).join('.')];
    if (word !== undefined) return [...root, ...word, ...path.slice(length)];
  }
  return [...root, ...path];
}
