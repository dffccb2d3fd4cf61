import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { FAILURE } from '../../contracts/failures';
import type { Sending, SentRequest } from './port';

/** @throws DialogGone or NotSent when the request has not left, and what `answerLost` says when that is not known */
export function requireSent(sending: Sending, keepsEffects: boolean): SentRequest {
  if (sending.kind === 'sent') return sending;
  if (sending.kind === 'unsaid') throw answerLost(keepsEffects);
  if (sending.kind === 'no-dialog') throw failure(FAILURE.DIALOG_GONE, 'the SIP server knows no such dialog', true);
  throw failure(FAILURE.NOT_SENT, sending.reason, false);
}

/** Nothing was asked of the SIP server: it is to be tried again. */
export function notConnected(): ApplicationFailure {
  return failure(FAILURE.NOT_SENT, 'no connection to the SIP server', false);
}

/** The connection broke while an answer was awaited: repeated where a ledger answers the repeat, in doubt where none does. */
export function answerLost(keepsEffects: boolean): ApplicationFailure {
  return keepsEffects
    ? failure(FAILURE.ANSWER_LOST, 'the connection to the SIP server was lost', false)
    : failure(FAILURE.TRANSFER_OUTCOME_UNKNOWN, 'sent, and the connection to the SIP server was lost', true);
}

/** Nobody says what became of a request. */
export function outcomeUnknown(): ApplicationFailure {
  return failure(FAILURE.TRANSFER_OUTCOME_UNKNOWN, 'sent, and no final response came', true);
}

function failure(type: string, message: string, nonRetryable: boolean): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable, category: ApplicationFailureCategory.BENIGN });
}
