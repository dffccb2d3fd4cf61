import { randomUUID } from 'node:crypto';
import type { SipRequest, SipResponse } from '../message/message';
import { tagOf } from '../message/name-addr';
import { isStream } from '../transport/protocol';
import type { Received } from '../transport/types';
import type { TransactionContext } from './context';
import { TimerGroup } from './timers';
import { TransactionGone } from './types';
import type { ServerTransaction } from './types';

/** What the two server transactions of RFC 3261 section 17.2 have in common. */
export abstract class BaseServerTransaction implements ServerTransaction {
  onChange: () => void = () => undefined;
  isOver = false;
  localTag: string | undefined;
  protected readonly running = new TimerGroup();
  protected last: SipResponse | undefined;
  private highestStatus = 0;

  constructor(
    readonly request: SipRequest,
    readonly received: Received,
    protected readonly context: TransactionContext,
    readonly id: string = randomUUID()
  ) {}

  abstract get isPending(): boolean;

  get lastResponse(): SipResponse | undefined {
    return this.last;
  }

  get lastStatus(): number {
    return this.highestStatus;
  }

  respond(response: SipResponse): void {
    if (!this.isPending)
      throw new TransactionGone(`${this.request.method} was already answered with ${this.lastStatus}`);
    this.last = response;
    this.highestStatus = Math.max(this.highestStatus, response.status);
    if (response.status > 100) this.localTag ??= tagOf(response.headers.get('To') ?? '');
    this.put(response);
    this.responded(response.status);
    this.onChange();
  }

  /** Goes on as after `last` was sent, which happened in an earlier process. */
  resume(last: SipResponse): void {
    this.last = last;
    this.highestStatus = last.status;
    this.responded(last.status);
  }

  putAgain(response: SipResponse): void {
    this.put(response);
  }

  /** The same request came again. */
  receiveRetransmission(): void {
    if (this.last !== undefined) this.put(this.last);
  }

  terminate(): void {
    this.isOver = true;
    this.running.stopAll();
    this.context.onTerminated();
    this.onChange();
  }

  /** Moves the state machine after a response was sent. */
  protected abstract responded(status: number): void;

  protected get isReliable(): boolean {
    return isStream(this.received.flow.protocol);
  }

  protected put(response: SipResponse): void {
    this.context.transport.respond(response, this.received.flow, (reason) => {
      const callId = this.request.headers.get('Call-ID');
      this.context.log.warn({ callId, status: response.status, reason }, 'response could not be sent');
    });
  }
}
