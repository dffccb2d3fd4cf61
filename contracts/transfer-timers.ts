import type { TrunkOfCall } from './call';
import type { TargetPattern } from './target-patterns';
import { matchesTarget } from './target-patterns';

/** Durations of a transfer attempt in ms, kept in the workflow, so that they outlive every process. */
export interface TransferTimers {
  /** Rings no longer than this, from acceptance of the REFER or from the INVITE. */
  ringTimeoutMs: number;
  /** A REFER without a final answer is given up after this: timer F, or less. */
  referAnswerMs: number;
  /** A peer that left a REFER unanswered must answer OPTIONS within this, else its leg counts as dead. */
  probeMs: number;
  /** After the peer's BYE a final NOTIFY may still be under way: both cross on the wire. */
  byeLingerMs: number;
  /** After a subscription that ended without a final status the peer's BYE tells a success. */
  subscriptionEndWatchMs: number;
  /** The peer ends its leg itself after a successful transfer; ours goes out when it has not done so by then. */
  callerByeMs: number;
}

/** Timers of the targets whose URI the pattern fits. */
export interface TargetTimers {
  match: TargetPattern;
  timers: Partial<TransferTimers>;
}

export const DEFAULT_TRANSFER_TIMERS: TransferTimers = {
  ringTimeoutMs: 60_000,
  referAnswerMs: 32_000,
  probeMs: 4_000,
  byeLingerMs: 2_000,
  subscriptionEndWatchMs: 10_000,
  callerByeMs: 1_000,
};

/** What each timer may be set to, in ms. Rings stay below timer C of the proxies on the way (RFC 3261 section 16.6). */
export const TRANSFER_TIMER_RANGES: Readonly<Record<keyof TransferTimers, readonly [min: number, max: number]>> = {
  ringTimeoutMs: [5_000, 180_000],
  referAnswerMs: [1_000, 32_000],
  probeMs: [500, 32_000],
  byeLingerMs: [0, 5_000],
  subscriptionEndWatchMs: [0, 60_000],
  callerByeMs: [0, 10_000],
};

/**
 * The timers of an attempt: the trunk's, with those of the first of its patterns that fits the target, with what the bot asked for. The
 * defaults stand for the rest.
 */
export function timersOf(
  { ringTimeoutMs, transferTimers, targetTimers = [] }: TrunkOfCall,
  { target = '', timeoutMs }: { target?: string; timeoutMs?: number } = {}
): TransferTimers {
  const ofTarget = targetTimers.find(({ match }) => matchesTarget(match, target))?.timers;
  const asked = timeoutMs === undefined ? {} : { ringTimeoutMs: timeoutMs };
  return { ...DEFAULT_TRANSFER_TIMERS, ringTimeoutMs, ...transferTimers, ...ofTarget, ...asked };
}
