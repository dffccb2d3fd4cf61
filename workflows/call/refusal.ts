import { ApplicationFailureCategory } from '@temporalio/common';
import { ApplicationFailure } from '@temporalio/workflow';
import type { Fault } from '../../contracts/failures';

/** An expected failure of an update: its sender is told, nothing is retried. */
export function refusal(type: string, message: string, faults: Fault[] = []): ApplicationFailure {
  const category = ApplicationFailureCategory.BENIGN;
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [faults], category });
}
