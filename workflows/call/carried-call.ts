import type { CallerAnswer, PromptRecord, RefusedTransfer, TimelineEntry } from '../../contracts/call';
import type { LegOfRecord } from '../../contracts/call-record';
import type { ActivityReceipt } from '../../contracts/messages';
import type { KeptConversation } from './conversation/conversation';
import type { DelayedActivities } from './delayed';
import type { EffectCounts } from './effect-numbers';
import type { Ordered } from './in-order';
import type { OutboxContents } from './outbox';
import type { SeenByLeg } from './seen-requests';
import type { CallState } from './state';

/** What a run of a call leaves to the next one: everything but its history. Plain data; fields are added, never renamed. */
export interface CarriedCall {
  /** Start of the call, in ms: of its first run. */
  startedAtMs: number;
  /** When its longest duration ends, in ms. */
  limitAtMs: number;
  state: CallState;
  answer?: CallerAnswer;
  sessionParams: Record<string, unknown>;
  /** Absent: written by a worker of an older version. */
  paramsName?: string;
  timeline: TimelineEntry[];
  legs: LegOfRecord[];
  prompts: PromptRecord[];
  refused: RefusedTransfer[];
  receipts: ActivityReceipt[];
  seen: SeenByLeg;
  events: OutboxContents;
  ordered: Ordered[];
  delayed?: DelayedActivities[];
  conversation?: KeptConversation;
  numbers: EffectCounts;
}
