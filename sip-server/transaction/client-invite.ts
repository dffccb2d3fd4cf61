import type { SipRequest, SipResponse } from '../message/message';
import type { Received } from '../transport/types';
import { ackOf, cancelOf } from './build';
import { BaseClientTransaction } from './client-transaction';
import type { Outgoing } from './client-transaction';
import type { TransactionContext } from './context';
import { transactionTime } from './timers';
import type { ClientStage, ClientTransactionUser } from './types';

/**
 * INVITE client transaction (RFC 3261 section 17.1.1 with the Accepted state of RFC 6026). `overdue` is a state of its own: after a
 * time-out was reported, a late 2xx must still be seen so that its dialog can be ended.
 */
export class ClientInviteTransaction extends BaseClientTransaction {
  private state: 'calling' | 'proceeding' | 'accepted' | 'completed' | 'overdue' | 'terminated' = 'calling';
  private cancellation: SipRequest | undefined;
  private isCancelSent = false;

  /** @param sendCancel opens the client transaction of a CANCEL */
  constructor(
    outgoing: Outgoing,
    user: ClientTransactionUser,
    context: TransactionContext,
    private readonly sendCancel: (cancel: SipRequest) => void,
    id?: string
  ) {
    super(outgoing, user, context, id);
  }

  get isPending(): boolean {
    return this.state === 'calling' || this.state === 'proceeding';
  }

  get isProceeding(): boolean {
    return this.state === 'proceeding';
  }

  cancel(extraHeaders: Iterable<readonly [string, string]> = []): SipRequest {
    this.cancellation ??= cancelOf(this.request, extraHeaders);
    this.sendDueCancel();
    return this.cancellation;
  }

  override resume(stage: ClientStage): void {
    if (stage === 'unanswered') this.start();
    else if (stage === 'accepted') this.linger('accepted');
    else {
      this.state = 'proceeding';
      this.running.start('C', this.context.timers.c, () => this.cancel());
    }
  }

  receive(response: SipResponse, received: Received): void {
    if (response.status < 200) this.receiveProvisional(response, received);
    else if (response.status < 300) this.receive2xx(response, received);
    else this.receiveFailure(response, received);
  }

  override terminate(): void {
    this.state = 'terminated';
    super.terminate();
  }

  protected begin(): void {
    const { timers } = this.context;
    this.put();
    this.running.start('B', transactionTime(timers), () => this.expire());
    if (!this.isReliable) this.running.repeat('A', timers.t1, Infinity, () => this.put());
  }

  private receiveProvisional(response: SipResponse, received: Received): void {
    if (!this.isPending) return;
    this.state = 'proceeding';
    this.running.stop('A', 'B');
    if (!this.isCancelSent) this.running.start('C', this.context.timers.c, () => this.cancel());
    this.sendDueCancel();
    if (response.status > 100) this.user.onProvisional(response, received);
  }

  private receive2xx(response: SipResponse, received: Received): void {
    const isFirst = this.isPending;
    if (isFirst) this.linger('accepted');
    if (isFirst) this.user.onFinal(response, received);
    else this.user.onFurther2xx(response, received);
  }

  private receiveFailure(response: SipResponse, received: Received): void {
    if (this.state === 'accepted') return;
    this.acknowledge(response);
    if (!this.isPending) return;
    this.linger('completed');
    this.user.onFinal(response, received);
  }

  private acknowledge(response: SipResponse): void {
    if (this.flow === undefined) return;
    this.context.transport.send(ackOf(this.request, response), this.flow, (reason) =>
      this.context.log.warn({ callId: this.request.headers.get('Call-ID'), reason }, 'ACK could not be sent')
    );
  }

  /** Before a provisional response a CANCEL could overtake its INVITE (RFC 3261 section 9.1). */
  private sendDueCancel(): void {
    if (this.cancellation === undefined || this.isCancelSent || this.state !== 'proceeding') return;
    this.isCancelSent = true;
    this.running.stop('C');
    this.running.start('cancelled', transactionTime(this.context.timers), () => this.expire());
    this.sendCancel(this.cancellation);
  }

  private expire(): void {
    this.linger('overdue');
    this.user.onTimeout();
  }

  /** Timers D and M: 64*T1 in which repeated finals are answered and further 2xx reported. A failure over TCP is not repeated. */
  private linger(state: 'accepted' | 'completed' | 'overdue'): void {
    this.state = state;
    this.running.stopAll();
    if (state === 'completed' && this.isReliable) this.terminate();
    else this.running.start('M', transactionTime(this.context.timers), () => this.terminate());
  }
}
