import type { TrunkOfCall } from './call';

/** Durations of a transfer attempt in ms, kept in the workflow, so that they outlive every process. */
export interface TransferTimers {
  /** Rings no longer than this, from acceptance of the REFER or from the INVITE. */
  ringTimeoutMs: number;
  /** After the peer's BYE a final NOTIFY may still be under way: both cross on the wire. */
  byeLingerMs: number;
  /** After a subscription that ended without a final status the peer's BYE tells a success. */
  subscriptionEndWatchMs: number;
  /** The peer ends its leg itself after a successful transfer; ours goes out when it has not done so by then. */
  callerByeMs: number;
}

export const DEFAULT_TRANSFER_TIMERS: TransferTimers = {
  ringTimeoutMs: 60_000,
  byeLingerMs: 2_000,
  subscriptionEndWatchMs: 10_000,
  callerByeMs: 1_000,
};

/** A trunk's timers with the defaults for those that it does not set. */
export function timersOf({ ringTimeoutMs, transferTimers }: TrunkOfCall): TransferTimers {
  return { ...DEFAULT_TRANSFER_TIMERS, ringTimeoutMs, ...transferTimers };
}
