import type { Fault } from './failures';
import type { TransferRequest } from './transfer';

/** A bot's activity after validation, its parameters merged and its defaults filled in. */
export type ParsedActivity =
  | { kind: 'transfer'; id: string; name: string; request: TransferRequest }
  | { kind: 'hangup'; id: string; name: string; reason?: string };

/** A payload is taken whole or not at all: one fault refuses every activity in it. */
export type ReadActivities = { activities: ParsedActivity[] } | { faults: Fault[] };
