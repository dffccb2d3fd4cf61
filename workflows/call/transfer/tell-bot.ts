import type { TransferAttemptRecord } from '../../../contracts/transfer';
import type { EventContent } from '../outbox';
import type { CallSession } from '../session';
import { isUp } from '../state';
import type { PendingTransfer } from './pending';
import { reportProgress } from './report';

/** The outcome as the bot hears it: only a bot that asked for notifications and is still there. */
export function tellBot(call: CallSession, { attemptId, request }: PendingTransfer): void {
  const attempt = call.state.attempts.find((each) => each.attemptId === attemptId);
  if (request.notifications && isUp(call.state.bot) && attempt?.outcome)
    call.outbox.post(transferStatus(attempt, attempt.outcome));
}

function transferStatus(
  { attemptId, target, method, requestedAt, endedAt }: TransferAttemptRecord,
  outcome: NonNullable<TransferAttemptRecord['outcome']>
): EventContent {
  const { status, evidence, sipStatus } = outcome;
  const failure = outcome.status === 'failed' ? { reasonCode: outcome.reasonCode, reason: outcome.reason } : {};
  return {
    name: 'transferStatus',
    value: {
      status,
      ...failure,
      attemptId,
      target,
      method,
      evidence,
      ...(sipStatus === undefined ? {} : { sipStatus }),
      elapsedMs: Date.parse(endedAt ?? requestedAt) - Date.parse(requestedAt),
    },
  };
}

/** That the target rings, and how: for a bot that wants to hear it, each status once. */
export function tellProgress(call: CallSession, sipStatus: number | undefined): void {
  const { pending, bot } = call.state;
  const isNews = sipStatus !== undefined && sipStatus > 100 && sipStatus < 200 && sipStatus !== call.toldProgress;
  if (!isNews || !pending?.request.notifications || !isUp(bot)) return;
  call.toldProgress = sipStatus;
  reportProgress(call, pending, sipStatus, 'Ringing');
  if (call.input.channel.transferProgress === true) postProgress(call, pending, sipStatus);
}

function postProgress(call: CallSession, pending: PendingTransfer, sipStatus: number): void {
  const { attemptId, method, request } = pending;
  const requestedAt = call.state.attempts.at(-1)?.requestedAt ?? '';
  const elapsedMs = Date.now() - Date.parse(requestedAt);
  call.outbox.post({
    name: 'transferProgress',
    value: { attemptId, target: request.target, method, sipStatus, elapsedMs },
  });
}
