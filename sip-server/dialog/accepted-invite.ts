import { now } from '../clock';
import type { SipResponse } from '../message/message';
import type { ServerTransaction } from '../transaction/types';
import { after } from './timer';

/** T1 and T2 of RFC 3261 section 17.1.1.1, in milliseconds. */
export interface RetransmissionTimers {
  t1: number;
  t2: number;
}

/** A 2xx to a peer's INVITE, repeated until its ACK comes (RFC 3261 section 13.3.1.4), whatever the transport. */
export class AcceptedInvite {
  private repeat: NodeJS.Timeout;
  private readonly deadline: NodeJS.Timeout;
  private readonly settled: (() => void)[] = [];
  private isSettled = false;

  constructor(
    readonly transaction: ServerTransaction,
    /** True for the INVITE that made the dialog. */
    readonly isInitial: boolean,
    private readonly response: SipResponse,
    private readonly timers: RetransmissionTimers,
    /** No ACK came in time. What is sent again goes on until `stop`. */
    onNoAck: () => void,
    /** When the wait for the ACK ends, in milliseconds since the epoch. */
    readonly deadlineAt: number = now() + 64 * timers.t1
  ) {
    this.repeat = after(timers.t1, () => this.retransmit(timers.t1));
    this.deadline = after(Math.min(Math.max(0, deadlineAt - now()), 64 * timers.t1), onNoAck);
  }

  /** Runs once no ACK is awaited any more. */
  whenSettled(run: () => void): void {
    if (this.isSettled) run();
    else this.settled.push(run);
  }

  /** Ends the repetition: the ACK came, or none will, and the dialog does not wait for it any more. */
  stop(): void {
    clearTimeout(this.repeat);
    clearTimeout(this.deadline);
    this.isSettled = true;
    this.transaction.onChange();
    for (const run of this.settled.splice(0)) run();
  }

  private retransmit(lastDelayMs: number): void {
    this.transaction.putAgain(this.response);
    const delayMs = Math.min(lastDelayMs * 2, this.timers.t2);
    this.repeat = after(delayMs, () => this.retransmit(delayMs));
  }
}
