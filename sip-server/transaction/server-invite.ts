import { responseTo } from '../message/respond';
import { BaseServerTransaction } from './server-transaction';
import { transactionTime } from './timers';

/** INVITE server transaction (RFC 3261 section 17.2.1 with the Accepted state of RFC 6026). */
export class ServerInviteTransaction extends BaseServerTransaction {
  private state: 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated' = 'proceeding';

  get isPending(): boolean {
    return this.state === 'proceeding';
  }

  /** Sends 100 at once, so that the peer stops retransmitting while the user decides. */
  start(): void {
    this.respond(responseTo(this.request, 100));
  }

  override receiveRetransmission(): void {
    if (this.state !== 'confirmed') super.receiveRetransmission();
  }

  /** @returns true when the ACK belongs to a 3xx to 6xx and goes no further */
  receiveAck(): boolean {
    if (this.state === 'completed') this.confirm();
    return this.state !== 'accepted';
  }

  override terminate(): void {
    this.state = 'terminated';
    super.terminate();
  }

  protected responded(status: number): void {
    if (status < 200) return;
    const { timers } = this.context;
    // After a 2xx, timer L of RFC 6026: retransmitted INVITEs must not look like new ones.
    const lifetime = status < 300 ? 'L' : 'H';
    this.state = status < 300 ? 'accepted' : 'completed';
    this.running.start(lifetime, transactionTime(timers), () => this.terminate());
    if (status < 300 || this.isReliable) return;
    this.running.repeat('G', timers.t1, timers.t2, () => super.receiveRetransmission());
  }

  private confirm(): void {
    this.state = 'confirmed';
    this.running.stopAll();
    if (this.isReliable) this.terminate();
    else this.running.start('I', this.context.timers.t4, () => this.terminate());
  }
}
