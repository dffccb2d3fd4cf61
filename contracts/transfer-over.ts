import type { TrunkOfCall } from './call';

/** Why an attempt went over its trunk. `arrival`: the call came in on it. */
export const TRUNK_REASONS = ['arrival', 'transfer-channel', 'unknown-transfer-channel'] as const;
export type TrunkReason = (typeof TRUNK_REASONS)[number];

/** What `transferChannel` of a bot leads to. */
export interface TransferOver {
  /** As the bot wrote it. */
  channel: string;
  /** `unknown-transfer-channel`: no channel is called so, and the attempt goes over the trunk that the call came in on. */
  reason: Exclude<TrunkReason, 'arrival'>;
  /** The channel's trunk as it is now; absent: that of the call, as it was when it began. */
  trunk?: TrunkOfCall;
}
