import {
  ApplicationFailure,
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Fault } from '../contracts/failures';
import { FAILURE } from '../contracts/failures';
import { CallNotFound, CallNotReady, InvalidActivity, TemporalUnavailable, TransferInProgress } from './errors';

/** gRPC status codes (google.rpc.Code) that mean "not now". */
const PASSING: Readonly<Record<number, string>> = {
  1: 'CANCELLED',
  4: 'DEADLINE_EXCEEDED',
  8: 'RESOURCE_EXHAUSTED',
  9: 'FAILED_PRECONDITION: no worker polls the task queue of the call',
  10: 'ABORTED',
  14: 'UNAVAILABLE',
};

/** Type of the failure of an update that was accepted by a workflow which then ended without completing it. */
const ENDED_DURING_UPDATE = 'AcceptedUpdateCompletedWorkflow';

/** Type of the failure of an update that no worker has looked at: one that was given the task handed it back without. */
const NOT_LOOKED_AT = 'UnprocessedUpdate';

/** True for an update that Temporal gave up before the workflow had it: it may be sent again. */
export function isUnprocessed(err: unknown): boolean {
  return (
    err instanceof WorkflowUpdateFailedError &&
    err.cause instanceof ApplicationFailure &&
    err.cause.type === NOT_LOOKED_AT
  );
}

/** @returns the gRPC status code behind an error of the Temporal client */
export function grpcCode(err: unknown): number | undefined {
  if (isGrpcServiceError(err)) return err.code;
  return err instanceof ServiceError ? grpcCode(err.cause) : undefined;
}

/** @returns the error in words of calls; an error that has none is returned as it is */
export function callError(err: unknown, callId: string): unknown {
  if (err instanceof WorkflowNotFoundError) return new CallNotFound(callId);
  if (err instanceof WorkflowUpdateFailedError) return refusal(err, callId);
  return temporalError(err);
}

/** As `callError`, for requests that concern no single call. */
export function temporalError(err: unknown): unknown {
  const isAway = err instanceof WorkflowUpdateRPCTimeoutOrCancelledError || PASSING[grpcCode(err) ?? 0] !== undefined;
  return isAway ? new TemporalUnavailable('Temporal did not answer in time', { cause: err }) : err;
}

function refusal(err: WorkflowUpdateFailedError, callId: string): unknown {
  const { cause } = err;
  if (!(cause instanceof ApplicationFailure)) return err;
  switch (cause.type) {
    case FAILURE.INVALID_ACTIVITY:
      return new InvalidActivity((cause.details?.[0] ?? []) as Fault[]);
    case FAILURE.CALL_NOT_READY:
      return new CallNotReady(cause.message);
    case FAILURE.TRANSFER_IN_PROGRESS:
      return new TransferInProgress(cause.message);
    case ENDED_DURING_UPDATE:
      return new CallNotFound(callId);
    case NOT_LOOKED_AT:
      return new TemporalUnavailable('no worker took the request', { cause: err });
    default:
      return err;
  }
}
