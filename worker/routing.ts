import type { ChannelConfig, Config, TrunkConfig } from '../config/config';
import { bareNumber } from '../config/login';
import { isWithin } from '../config/sources';

export interface Arrival {
  /** IP address that the INVITE came from. */
  sourceAddress: string;
  /** User part of the request-URI. */
  dialled: string;
}

export interface Route {
  trunk: TrunkConfig;
  channel: ChannelConfig;
}

/**
 * Finds trunk and bot channel of a caller's INVITE. The trunk is the one that the source belongs to and whose login was dialled.
 * @returns `unknown-source` when the source belongs to no trunk, `unknown-number` when none of its trunks has that login
 */
export function findRoute(
  { trunks, channels }: Pick<Config, 'trunks' | 'channels'>,
  { sourceAddress, dialled }: Arrival
): Route | 'unknown-source' | 'unknown-number' {
  const ofSource = trunks.filter(({ sources }) => isWithin(sourceAddress, sources));
  if (ofSource.length === 0) return 'unknown-source';
  const trunk = ofSource.find(({ login }) => bareNumber(login) === bareNumber(dialled));
  const channel = channels.find((candidate) => candidate.trunk === trunk?.id);
  return trunk && channel ? { trunk, channel } : 'unknown-number';
}
