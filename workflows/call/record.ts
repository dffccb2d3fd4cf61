import type { CallRecord, TransferOfRecord } from '../../contracts/call-record';
import { recordKey } from '../../contracts/ids';
import type { TransferAttemptRecord } from '../../contracts/transfer';
import type { CallSession } from './session';
import { callView } from './view';

/** The call detail record of a call that has ended. */
export function callRecord(call: CallSession): CallRecord {
  const { phase: _, timeline: __, end, transfers, ...view } = callView(call);
  const { answeredAtMs, endedAtMs } = call.state;
  const { callerDisplayName } = call.input.invite;
  return {
    schemaVersion: 1,
    key: recordKey(call.input.callId, call.startedAt),
    ...view,
    ...(callerDisplayName === undefined ? {} : { callerDisplayName }),
    talkMs: answeredAtMs === undefined || endedAtMs === undefined ? 0 : endedAtMs - answeredAtMs,
    end: end ?? { reasonCode: 'error', reason: 'ended without a reason', by: 'fault' },
    legs: call.legLog.legs,
    transfers: transfers.map((transfer) => ofRecord(transfer, view.trunk)),
    refused: call.refused,
    prompts: call.prompts,
  };
}

function ofRecord({ reason: handoverReason, ...attempt }: TransferAttemptRecord, trunk: string): TransferOfRecord {
  const { requestedAt, endedAt } = attempt;
  return {
    ...attempt,
    ...(handoverReason === undefined ? {} : { handoverReason }),
    trunk: attempt.trunk ?? trunk,
    trunkReason: attempt.trunkReason ?? 'arrival',
    ...(endedAt === undefined ? {} : { elapsedMs: Date.parse(endedAt) - Date.parse(requestedAt) }),
  };
}
