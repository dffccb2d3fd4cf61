import type { SipRequest, SipResponse } from '../message/message';
import type { Received } from '../transport/types';
import { BaseClientTransaction } from './client-transaction';
import { transactionTime } from './timers';

/** Non-INVITE client transaction (RFC 3261 section 17.1.2). */
export class ClientNonInviteTransaction extends BaseClientTransaction {
  private state: 'trying' | 'proceeding' | 'completed' | 'terminated' = 'trying';

  get isPending(): boolean {
    return this.state === 'trying' || this.state === 'proceeding';
  }

  get isProceeding(): boolean {
    return this.state === 'proceeding';
  }

  cancel(): SipRequest {
    throw new Error(`${this.request.method} cannot be cancelled (RFC 3261 section 9.1)`);
  }

  receive(response: SipResponse, received: Received): void {
    if (!this.isPending) return;
    if (response.status < 200) this.proceed(response, received);
    else this.complete(response, received);
  }

  override terminate(): void {
    this.state = 'terminated';
    super.terminate();
  }

  protected begin(): void {
    const { timers } = this.context;
    this.put();
    this.running.start('F', transactionTime(timers), () => this.expire());
    if (!this.isReliable) this.running.repeat('E', timers.t1, timers.t2, () => this.put());
  }

  private proceed(response: SipResponse, received: Received): void {
    const { t2 } = this.context.timers;
    if (this.state === 'trying' && !this.isReliable) this.running.repeat('E', t2, t2, () => this.put());
    this.state = 'proceeding';
    if (response.status > 100) this.user.onProvisional(response, received);
  }

  private complete(response: SipResponse, received: Received): void {
    this.state = 'completed';
    this.running.stopAll();
    if (this.isReliable) this.terminate();
    else this.running.start('K', this.context.timers.t4, () => this.terminate());
    this.user.onFinal(response, received);
  }

  private expire(): void {
    this.terminate();
    this.user.onTimeout();
  }
}
