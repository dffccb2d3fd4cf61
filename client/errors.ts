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

/** No trunk of this name registers or is watched. */
export class TrunkNotFound extends Error {
  override readonly name = 'TrunkNotFound';

  constructor(readonly trunk: string) {
    super(`no trunk ${trunk} registers or is watched`);
  }
}

/** Several nodes have a trunk of this id. */
export class AmbiguousTrunk extends Error {
  override readonly name = 'AmbiguousTrunk';

  constructor(trunk: string, nodes: readonly string[]) {
    super(`several nodes have a trunk ${trunk}: name one of ${nodes.map((node) => `${trunk}@${node}`).join(', ')}`);
  }
}

/** The trunk is watched and does not register. */
export class TrunkDoesNotRegister extends Error {
  override readonly name = 'TrunkDoesNotRegister';

  constructor(trunk: string) {
    super(`trunk ${trunk} does not register: its configuration has no register`);
  }
}

/** A worker's API refused what was asked, or is not there. */
export class WorkerRefused extends Error {
  override readonly name = 'WorkerRefused';
}
