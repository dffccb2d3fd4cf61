import { BaseServerTransaction } from './server-transaction';
import { transactionTime } from './timers';

/** Non-INVITE server transaction (RFC 3261 section 17.2.2). Without a final response of its user it stays. */
export class ServerNonInviteTransaction extends BaseServerTransaction {
  private state: 'trying' | 'completed' | 'terminated' = 'trying';

  get isPending(): boolean {
    return this.state === 'trying';
  }

  override terminate(): void {
    this.state = 'terminated';
    super.terminate();
  }

  protected responded(status: number): void {
    if (status < 200) return;
    this.state = 'completed';
    if (this.isReliable) this.terminate();
    else this.running.start('J', transactionTime(this.context.timers), () => this.terminate());
  }
}
