import { log } from '@temporalio/workflow';
import type { RefusedTransfer } from '../../../contracts/call';
import type { Fault } from '../../../contracts/failures';
import type { CallSession } from '../session';

/** Refusals that the record tells of. Further ones leave no trace in the history, so that a bot cannot use it up. */
export const COUNTED_REFUSALS = 10;

const TARGET_PATH = /transferTarget(?:s\[\d+\])?$/;

/** Counts the transfers among these faults: those whose target is malformed or denied. */
export function noteRefusedTransfers(call: CallSession, faults: readonly Fault[]): void {
  for (const { path, message } of faults) if (TARGET_PATH.test(path)) noteRefusedTransfer(call, message);
}

export function noteRefusedTransfer({ refused, input }: CallSession, reason: string): void {
  const refusal: RefusedTransfer = { at: new Date().toISOString(), reason };
  if (refused.length < COUNTED_REFUSALS) refused.push(refusal);
  log.warn('TransferRefused', { callId: input.callId, botId: input.channel.botId, trunk: input.trunk.id, reason });
}
