import type { Logger } from 'pino';
import type { TransportLayer } from '../transport/transport-layer';
import type { Timers } from './timers';

/** What a transaction works with. */
export interface TransactionContext {
  readonly transport: TransportLayer;
  readonly timers: Timers;
  readonly log: Logger;
  /** Called once, when the transaction matches nothing any more. */
  onTerminated(): void;
}
