import { log, metricMeter } from '@temporalio/workflow';
import type { RefusedTransfer } from '../../../contracts/call';
import type { Fault } from '../../../contracts/failures';
import type { CallSession } from '../session';

/** Refusals that the record tells of. Further ones leave no trace in the history, so that a bot cannot use it up. */
export const COUNTED_REFUSALS = 10;

const TARGET_PATH = /transferTarget(?:s\[\d+\])?$/;

/**
 * Why a transfer is refused before anything is sent. `target`: malformed or denied. `trunk`: the one that it would go over cannot carry it.
 * `in-progress`, `not-ready`: the call cannot do it now.
 */
export type TransferRefusalKind = 'target' | 'budget' | 'trunk' | 'in-progress' | 'not-ready';

/** Counts a refusal in the metrics of the worker. @param trunk the one that the transfer would have gone over */
export function countRefusedTransfer(reason: TransferRefusalKind, trunk: string): void {
  metricMeter
    .createCounter(
      'durable_calls_transfers_refused',
      'transfers',
      'Transfers that were refused before anything was sent'
    )
    .add(1, { reason, trunk });
}

/** Notes the transfers among these faults: those whose target is malformed or denied. */
export function noteRefusedTransfers(call: CallSession, faults: readonly Fault[]): void {
  const ofTargets = faults.filter(({ path }) => TARGET_PATH.test(path));
  for (const { message } of ofTargets) noteRefusedTransfer(call, message);
  if (ofTargets.length > 0) countRefusedTransfer('target', call.input.trunk.id);
}

export function noteRefusedTransfer({ refused, input }: CallSession, reason: string): void {
  const refusal: RefusedTransfer = { at: new Date().toISOString(), reason };
  if (refused.length < COUNTED_REFUSALS) refused.push(refusal);
  log.warn('TransferRefused', { callId: input.callId, botId: input.channel.botId, trunk: input.trunk.id, reason });
}
