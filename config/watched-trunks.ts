import type { TrunkConfig } from './config';

/** A trunk whose state is known. */
export type WatchedTrunk = TrunkConfig & { host: string };

/** Whether a trunk registers at its host, or asks it by OPTIONS. */
export function isWatched(trunk: TrunkConfig): trunk is WatchedTrunk {
  return trunk.host !== undefined && (trunk.register !== undefined || trunk.keepAliveS !== undefined);
}
