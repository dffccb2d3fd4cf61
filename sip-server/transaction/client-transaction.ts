import { randomUUID } from 'node:crypto';
import type { SipRequest, SipResponse } from '../message/message';
import { serialize } from '../message/serialize';
import { isStream } from '../transport/protocol';
import type { Flow, Received, Target } from '../transport/types';
import type { TransactionContext } from './context';
import { TimerGroup } from './timers';
import type { ClientStage, ClientTransaction, ClientTransactionUser } from './types';

/** A request with its way out. */
export interface Outgoing {
  /** With our Via. */
  request: SipRequest;
  target: Target;
  /** Undefined when `problem` says why there is none. */
  flow: Flow | undefined;
  problem?: string | undefined;
  /** The flow was open before: the peer may be closing it just now, so that a second try on a new connection makes sense. */
  isReused: boolean;
}

/** What the two client transactions of RFC 3261 section 17.1 have in common. */
export abstract class BaseClientTransaction implements ClientTransaction {
  onOver: () => void = () => undefined;
  isOver = false;
  readonly request: SipRequest;
  readonly target: Target;
  readonly bytes: number;
  isHeard = false;
  protected readonly running = new TimerGroup();
  private readonly serialized: Buffer;
  private currentFlow: Flow | undefined;
  private mayReconnect: boolean;

  constructor(
    private readonly outgoing: Outgoing,
    protected readonly user: ClientTransactionUser,
    protected readonly context: TransactionContext,
    readonly id: string = randomUUID()
  ) {
    this.request = outgoing.request;
    this.target = outgoing.target;
    this.serialized = serialize(outgoing.request);
    this.bytes = this.serialized.length;
    this.currentFlow = outgoing.flow;
    this.mayReconnect = outgoing.isReused && this.isReliable;
  }

  get flow(): Flow | undefined {
    return this.currentFlow;
  }

  abstract get isPending(): boolean;
  abstract get isProceeding(): boolean;
  abstract cancel(extraHeaders?: Iterable<readonly [string, string]>): SipRequest;
  abstract receive(response: SipResponse, received: Received): void;

  /** Sends the request after the current turn, so that its caller has the transaction in hand before anything is reported. */
  start(): void {
    setImmediate(() => {
      if (this.currentFlow === undefined) this.fail(this.outgoing.problem ?? 'no way to the target');
      else if (this.isPending) this.begin();
    });
  }

  /** Goes on as in an earlier process. */
  resume(_stage: ClientStage): void {
    this.start();
  }

  /** A connection is gone. Unanswered, the request goes out once more on a new one: the peer absorbs it by its branch. */
  flowLost(flow: Flow, reason = 'the connection was closed'): void {
    if (flow !== this.currentFlow || !this.isPending || this.isProceeding) return;
    if (!this.mayReconnect) {
      this.fail(reason);
      return;
    }
    this.mayReconnect = false;
    try {
      this.currentFlow = this.context.transport.flowTo(this.target);
      this.put();
    } catch (error) {
      this.fail((error as Error).message);
    }
  }

  terminate(): void {
    this.isOver = true;
    this.running.stopAll();
    this.context.onTerminated();
    this.onOver();
  }

  /** Sends for the first time and starts the timers. */
  protected abstract begin(): void;

  protected get isReliable(): boolean {
    return this.currentFlow !== undefined && isStream(this.currentFlow.protocol);
  }

  /** Puts the request on the wire. */
  protected put(): void {
    const flow = this.currentFlow;
    if (flow === undefined) return;
    this.context.transport.send(this.request, flow, (reason) => this.flowLost(flow, reason), this.serialized);
  }

  private fail(reason: string): void {
    if (!this.isPending) return;
    this.terminate();
    this.user.onTransportError(reason);
  }
}
