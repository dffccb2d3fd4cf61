import type { Config, TrunkConfig } from '../../config/config';
import { isWatched } from '../../config/watched-trunks';
import type { TrunkOfCall } from '../../contracts/call';
import { DEFAULT_REFER_REFUSED_WITH } from '../../contracts/transfer';

/** The trunk of a bot channel, for a transfer that names it. */
export function trunkOfChannel(
  { channels, trunks }: Pick<Config, 'channels' | 'trunks'>,
  botId: string
): TrunkOfCall | undefined {
  const channel = channels.find((each) => each.botId === botId);
  const trunk = channel && trunks.find(({ id }) => id === channel.trunk);
  return trunk && trunkOfCall(trunk);
}

/** What a call keeps of a trunk. */
export function trunkOfCall(trunk: TrunkConfig): TrunkOfCall {
  const { id, host, allowTargets, denyTargets, ringTimeoutMs, maxCallMs } = trunk;
  return {
    id,
    ...(host === undefined ? {} : { host }),
    ...{ allowTargets, denyTargets, ringTimeoutMs, maxCallMs },
    ...outboundOf(trunk),
    ...numbersOf(trunk),
    ...methodOf(trunk),
    ...timersOf(trunk),
  };
}

/** How numbers are called. */
function numbersOf({ host, outboundProxy, preserveTelUri }: TrunkConfig): Partial<TrunkOfCall> {
  return {
    ...(host === undefined && outboundProxy !== undefined ? { outboundProxy } : {}),
    ...(preserveTelUri ? { preserveTelUri } : {}),
  };
}

/** How calls go out over it. A trunk that registers is known by its login, any other by where it sends from. */
function outboundOf(trunk: TrunkConfig): Pick<TrunkOfCall, 'outbound' | 'isWatched'> {
  const { login, backupHosts, transport, outboundProxy, register, failoverMs } = trunk;
  const host = trunk.host ?? outboundProxy;
  if (host === undefined) return {};
  return {
    outbound: {
      login,
      hosts: [host, ...backupHosts],
      ...(transport === 'udp' ? {} : { transport }),
      ...(outboundProxy === undefined ? {} : { outboundProxy }),
      callerId: trunk.callerId ?? (register ? 'login' : 'caller'),
      ...(backupHosts.length === 0 ? {} : { failoverMs }),
    },
    ...(isWatched(trunk) ? { isWatched: true } : {}),
  };
}

/** What differs from the defaults: a workflow's input stays small. */
function methodOf({ transferMethod = 'refer', referRefusedWith, lateOffer }: TrunkOfCall): Partial<TrunkOfCall> {
  const isDefault = String(referRefusedWith) === String(DEFAULT_REFER_REFUSED_WITH);
  return {
    ...(transferMethod === 'refer' ? {} : { transferMethod }),
    ...(referRefusedWith === undefined || isDefault ? {} : { referRefusedWith }),
    ...(lateOffer === true ? { lateOffer } : {}),
  };
}

function timersOf({ transferTimers, targetTimers, refer }: TrunkOfCall): Partial<TrunkOfCall> {
  return {
    ...(transferTimers === undefined ? {} : { transferTimers }),
    ...(targetTimers === undefined ? {} : { targetTimers }),
    ...(refer === undefined ? {} : { refer }),
  };
}
