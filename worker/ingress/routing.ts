import { trunkParameter } from '../../activities/sip/trunk-contact';
import type { ChannelConfig, Config, TrunkConfig } from '../../config/config';
import { bareNumber } from '../../config/login';
import { isWithin } from '../../config/sources';

export interface Arrival {
  /** IP address that the INVITE came from. */
  sourceAddress: string;
  /** Request-URI. */
  uri: string;
  /** User part of the request-URI. */
  dialled: string;
  /** User part of the To URI: where some providers put the dialled number. */
  to: string;
}

export interface Route {
  trunk: TrunkConfig;
  channel: ChannelConfig;
}

/** Why a call has no route. `trunk`: the one that it belongs to all the same. */
export interface NoRoute {
  why: 'unknown-source' | 'unknown-number' | 'no-calls' | 'no-bot';
  trunk?: string;
}

/**
 * Finds trunk and bot channel of a caller's INVITE. The trunk is one that sends from the source: the one that the `trunk` parameter of the
 * request-URI names, which we registered with; else the one whose login was dialled; else the one whose login stands in To.
 */
export function findRoute(
  { trunks, channels }: Pick<Config, 'trunks' | 'channels'>,
  { sourceAddress, uri, dialled, to }: Arrival
): Route | NoRoute {
  const ofSource = trunks.filter(({ sources }) => isWithin(sourceAddress, sources));
  if (ofSource.length === 0) return { why: 'unknown-source' };
  const named = trunkParameter(uri);
  const byLogin = (user: string): TrunkConfig | undefined =>
    ofSource.find(({ login }) => bareNumber(login) === bareNumber(user));
  const trunk = ofSource.find(({ id }) => id === named) ?? byLogin(dialled) ?? byLogin(to);
  if (!trunk) return { why: 'unknown-number' };
  if (!trunk.incoming) return { why: 'no-calls', trunk: trunk.id };
  const channel = channels.find((candidate) => candidate.trunk === trunk.id);
  return channel ? { trunk, channel } : { why: 'no-bot', trunk: trunk.id };
}
