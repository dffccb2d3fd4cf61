import type { Fault } from './failures';
import type { TransferRequest } from './transfer';

interface Parsed {
  id: string;
  name: string;
  /** Ms after the activity before it, or after its arrival; absent: at once. */
  delayMs?: number;
}

export interface ParsedTransfer extends Parsed {
  kind: 'transfer';
  request: TransferRequest;
}

export interface ParsedHangup extends Parsed {
  kind: 'hangup';
  reason?: string;
}

export interface ParsedCancelTransfer extends Parsed {
  kind: 'cancelTransfer';
  reason?: string;
}

/** Something to say or play. */
export interface ParsedPrompt extends Parsed {
  kind: 'prompt';
  /** The text, or the URL. */
  content: string;
  /** Of `playUrl`: the bot wants to hear of a failure. */
  notifiesFailure: boolean;
}

export interface ParsedSendDtmf extends Parsed {
  kind: 'sendDtmf';
  digits: string;
}

export interface ParsedSendMetaData extends Parsed {
  kind: 'sendMetaData';
  /** JSON text. */
  data: string;
  /** POSTed here; absent: sent to the caller's side as SIP INFO. */
  url?: string;
  timeoutMs: number;
}

/** Parameters for the rest of the call and nothing else. */
export interface ParsedConfig extends Parsed {
  kind: 'config';
}

/** Something that there is no means for, and that has no effect. */
export interface ParsedIgnored extends Parsed {
  kind: 'ignored';
}

/** A bot's activity after validation, its parameters merged and its defaults filled in. */
export type ParsedActivity =
  | ParsedTransfer
  | ParsedCancelTransfer
  | ParsedHangup
  | ParsedPrompt
  | ParsedSendDtmf
  | ParsedSendMetaData
  | ParsedConfig
  | ParsedIgnored;

/**
 * A payload is taken whole or not at all: one fault refuses every activity in it. `sessionParams`: those of the call so far with those of
 * the payload; one that is null no longer stands. `changedParams`: those that the bot watches, where some have changed. `paramsName`: names the
 * parameters that it leaves for the rest of the call, the same for the same ones; absent when a worker of an older version has read it.
 */
export type ReadActivities =
  | {
      activities: ParsedActivity[];
      sessionParams: Record<string, unknown>;
      changedParams?: Record<string, unknown>;
      paramsName?: string;
    }
  | { faults: Fault[] };
