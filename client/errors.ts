import type { Fault } from '../contracts/failures';

/** No call has this id, or it has ended and can do nothing more. */
export class CallNotFound extends Error {
  override readonly name = 'CallNotFound';

  constructor(readonly callId: string) {
    super(`no call ${callId} is up`);
  }
}

/** The activities do not fit their schema; nothing was carried out. */
export class InvalidActivity extends Error {
  override readonly name = 'InvalidActivity';

  constructor(readonly faults: readonly Fault[]) {
    super(faults.map(({ path, message }) => `${path} ${message}`).join('; '));
  }
}

/** The call cannot do what was asked in its present phase. */
export class CallNotReady extends Error {
  override readonly name = 'CallNotReady';
}

/** Another transfer is pending on the call. */
export class TransferInProgress extends Error {
  override readonly name = 'TransferInProgress';
}

/** The token of a page was not issued for this list. */
export class InvalidPageToken extends Error {
  override readonly name = 'InvalidPageToken';
}

/** This process watches as many calls as it may. */
export class TooManyWatches extends Error {
  override readonly name = 'TooManyWatches';
}

/** Temporal, or a worker for the call, did not answer in time. What was asked may still happen; it is safe to repeat. */
export class TemporalUnavailable extends Error {
  override readonly name = 'TemporalUnavailable';
}
