import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Search attributes of a call. Each must be registered in the namespace: `temporal operator search-attribute create`. */
export const callSearchAttributes = {
  /** `arriving`, `ringing`, `conversing`, `transferring`, `grace`, `connected` or `ended`. */
  phase: defineSearchAttributeKey('CallPhase', SearchAttributeType.KEYWORD),
  trunk: defineSearchAttributeKey('CallTrunk', SearchAttributeType.KEYWORD),
  /** The bot channel's `botId`. */
  channel: defineSearchAttributeKey('CallChannel', SearchAttributeType.KEYWORD),
  /** User part of the caller's From URI. */
  caller: defineSearchAttributeKey('CallCaller', SearchAttributeType.KEYWORD),
  /** The dialled number. */
  callee: defineSearchAttributeKey('CallCallee', SearchAttributeType.KEYWORD),
  /** The `reasonCode` of the end of the call; absent while it is up. */
  outcome: defineSearchAttributeKey('CallOutcome', SearchAttributeType.KEYWORD),
};

/** Memo of the later runs of a call: when its first one started, ISO 8601 in UTC. */
export const STARTED_AT_MEMO = 'startedAt';

/** Search attributes of a trunk's registration, which has `CallTrunk` too. */
export const trunkSearchAttributes = {
  /** `up`, `degraded` or `down`. */
  state: defineSearchAttributeKey('TrunkState', SearchAttributeType.KEYWORD),
};

/** Name and type as the Temporal CLI takes them. */
export const searchAttributeTypes: Readonly<Record<string, 'Keyword'>> = Object.fromEntries(
  Object.values({ ...callSearchAttributes, ...trunkSearchAttributes }).map((key) => [key.name, 'Keyword' as const])
);
