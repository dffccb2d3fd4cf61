import type { TrunkOfCall } from '../../contracts/call';
import type { TransferOver } from '../../contracts/transfer-over';
import type { TargetPolicy } from '../../contracts/transfer-target';

const MAX_NAME = 200;

/** @returns the trunk of a bot channel; undefined when there is no such channel */
export type TrunkOfChannel = (botId: string) => TrunkOfCall | undefined;

/** The trunk that a target is called over: its rules for targets, and the bot's choice where it made one. */
export interface ChosenTrunk {
  policy: TargetPolicy;
  over?: TransferOver;
}

/**
 * @param arrival the trunk that the call came in on, and the rules that hold there
 * @returns a function that gives the trunk for a `transferChannel`, whatever the bot has written there
 */
export function trunkChooser(
  arrival: { trunk: string | undefined; policy: TargetPolicy },
  trunkOf: TrunkOfChannel
): (transferChannel: unknown) => ChosenTrunk {
  const { policy } = arrival;
  return (transferChannel) => {
    const channel = nameOf(transferChannel);
    if (channel === '') return { policy };
    const trunk = trunkOf(channel);
    if (!trunk) return { policy, over: { channel, reason: 'unknown-transfer-channel' } };
    if (trunk.id === arrival.trunk) return { policy, over: { channel, reason: 'transfer-channel' } };
    const ofBot = policy.channel === undefined ? {} : { channel: policy.channel };
    return { policy: { ...trunk, ...ofBot }, over: { channel, reason: 'transfer-channel', trunk } };
  };
}

function nameOf(written: unknown): string {
  if (written === undefined || written === null) return '';
  return (typeof written === 'string' ? written : JSON.stringify(written)).trim().slice(0, MAX_NAME);
}
