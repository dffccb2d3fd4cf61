import { ApplicationFailureCategory } from '@temporalio/common';
import { ApplicationFailure } from '@temporalio/workflow';
import type { Fault } from '../../contracts/failures';
import { failureText } from './failure';
import type { CallSession } from './session';

/** So often a bot hears of refused activities: one that answers each time with the same mistake must not use up the history. */
const TOLD_REFUSALS = 20;

/** An expected failure of an update: its sender is told, nothing is retried. */
export function refusal(type: string, message: string, faults: Fault[] = []): ApplicationFailure {
  const category = ApplicationFailureCategory.BENIGN;
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [faults], category });
}

/**
 * Tells of a refusal whose sender gets no answer: it stands in the timeline and reaches the bot as a failed transfer.
 * @throws what is no refusal
 */
export function tellRefusal(call: CallSession, err: unknown): void {
  if (!(err instanceof ApplicationFailure)) throw err;
  const reason = failureText(err);
  call.note({ event: 'ActivitiesRefused', detail: reason });
  const number = call.numbers.next('refusals');
  if (number > TOLD_REFUSALS) return;
  const attemptId = `refused-${number}`;
  const evidence = 'local';
  call.outbox.post({
    name: 'transferStatus',
    value: { status: 'failed', reasonCode: 'error', reason, attemptId, target: '', evidence },
  });
}
