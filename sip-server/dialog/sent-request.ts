import { now } from '../clock';
import type { SipRequest, SipResponse } from '../message/message';
import { tagOf } from '../message/name-addr';
import { serialize } from '../message/serialize';
import type { ClientTransaction } from '../transaction/types';
import type { Protocol } from '../transport/protocol';
import type { Received, Target } from '../transport/types';
import { utcTimeOfDay } from '../transport/time-of-day';
import type { Dialog, Owner } from './dialog';
import type { SentInvite } from './sent-invite';

/** Where a message came from or went, as clients are told. */
export interface Trail {
  bytes: number;
  protocol: Protocol;
  /** IP address, IPv6 without brackets. */
  address: string;
  port: number;
  /** UTC time of day, `HH:MM:SS.uuuuuu`. */
  time: string;
}

export interface ReceivedResponse {
  response: SipResponse;
  trail: Trail;
}

/** A request of ours, on the wire or refused by ourselves before it got there. */
export class SentRequest {
  /** Undefined when nothing went on the wire. */
  transaction: ClientTransaction | undefined;
  owner: Owner | undefined;
  /** Of an INVITE: its ACK. */
  invite: SentInvite | undefined;
  /** Runs after the final response was reported. */
  onFinal: (response: SipResponse) => void = () => undefined;
  /** Those that a repetition of its effect is told. */
  readonly responses: ReceivedResponse[] = [];
  /** Milliseconds since the epoch. */
  sentAt = now();
  /** A session refresh of our own. */
  isRefresh = false;
  /** CANCEL was asked for. */
  isCancelled = false;
  /** Nobody waits for the outcome: a 2xx is acknowledged and ended at once. */
  isAbandoned = false;
  /** A final response was reported. */
  isFinal = false;

  constructor(
    /** UUID, the transaction id that clients see. */
    readonly id: string,
    /** As sent. */
    readonly request: SipRequest,
    readonly trail: Trail,
    readonly dialog: Dialog | undefined,
    readonly effectId: string | undefined
  ) {}

  /** What comes now comes of this transaction: the first one, or one with the next target. */
  follow(transaction: ClientTransaction, kept: { note(sent: SentRequest): void }): void {
    this.transaction = transaction;
    transaction.onOver = () => kept.note(this);
    kept.note(this);
    const contact = transaction.request.headers.get('Contact');
    if (this.isInitial && this.dialog !== undefined) this.dialog.localContact = contact ?? this.dialog.localContact;
  }

  get method(): string {
    return this.request.method;
  }

  /** True when it was sent outside of any dialog. */
  get isInitial(): boolean {
    return tagOf(this.request.headers.get('To') ?? '') === undefined;
  }

  get isInvite(): boolean {
    return this.method === 'INVITE';
  }
}

export function trailOfReceived({ bytes, flow, time }: Received): Trail {
  return { bytes, protocol: flow.protocol, address: flow.remote.address, port: flow.remote.port, time };
}

export function trailTo(target: Target, bytes: number): Trail {
  return { bytes, ...target, time: utcTimeOfDay() };
}

/** The trail of a response that we made ourselves for a request to `target`. */
export function trailOfLocal(response: SipResponse, target: Target): Trail {
  return trailTo(target, serialize(response).length);
}
