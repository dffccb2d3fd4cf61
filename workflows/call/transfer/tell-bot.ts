import type { TransferAttemptRecord } from '../../../contracts/transfer';
import type { EventContent } from '../outbox';
import type { CallSession } from '../session';
import { isUp } from '../state';
import type { PendingTransfer } from './pending';

/** The outcome as the bot hears it: only a bot that asked for notifications and is still there. */
export function tellBot(call: CallSession, { attemptId, request }: PendingTransfer): void {
  const attempt = call.state.attempts.find((each) => each.attemptId === attemptId);
  if (request.notifications && isUp(call.state.bot) && attempt?.outcome)
    call.outbox.post(transferStatus(attempt, attempt.outcome));
}

function transferStatus(
  { attemptId, target }: TransferAttemptRecord,
  outcome: NonNullable<TransferAttemptRecord['outcome']>
): EventContent {
  const { status, evidence, sipStatus } = outcome;
  const failure = outcome.status === 'failed' ? { reasonCode: outcome.reasonCode, reason: outcome.reason } : {};
  return {
    name: 'transferStatus',
    value: { status, ...failure, attemptId, target, evidence, ...(sipStatus === undefined ? {} : { sipStatus }) },
  };
}
