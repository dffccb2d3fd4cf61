import { now } from '../clock';
import { ResponseRefused } from '../dialog/answering';
import type { ResponseDraft } from '../dialog/answering';
import type { Dialog } from '../dialog/dialog';
import { trailOfReceived } from '../dialog/sent-request';
import type { Application } from '../dialog/server-context';
import type { SipRequest, SipResponse } from '../message/message';
import { Tally } from '../metrics/tally';
import type { ServerTransaction } from '../transaction/types';
import { TransactionGone } from '../transaction/types';
import type { Received } from '../transport/types';
import type { ClientConnection } from './connection';
import { Delivery } from './delivery';
import type { DeliveryContext } from './delivery-context';
import { networkFrame } from './frames';
import { ServerAnswers } from './server-answers';
import { firstAnswerMs, isNews } from './unanswered';

/** A client's answer to a request that the server answered counts as received when this time passes without one. */
const lateAnswerMs = 32_000;

/** Peers' requests on their way to clients. What a client took and did not answer goes to another when it is gone or hangs. */
export class Deliveries implements Application {
  /** Requests handed to clients so far, by `first` and `again`. */
  readonly tally = new Tally();
  private readonly byTransaction = new Map<string, Delivery>();
  private readonly serverAnswers: ServerAnswers;

  constructor(private readonly context: DeliveryContext) {
    this.serverAnswers = new ServerAnswers(context.answering, context.log);
  }

  onInitialRequest(transaction: ServerTransaction, dialog: Dialog | undefined): void {
    const delivery = this.add(new Delivery(transaction, dialog, true));
    if (this.isFull) {
      this.answerByServer(delivery, 503, ['Retry-After', '5']);
      return;
    }
    if (this.offer(delivery)) return;
    if (delivery.method === 'OPTIONS') this.answerByServer(delivery, 200);
    else if (this.context.recipients.isUnwanted(delivery.method))
      this.answerByServer(delivery, ...this.context.recipients.refusalOf(delivery));
    else this.waitForClient(delivery, this.context.settings.routeWaitMs);
  }

  onInDialogRequest(transaction: ServerTransaction, dialog: Dialog): void {
    const delivery = this.add(new Delivery(transaction, dialog, false));
    this.awaitInDialog(delivery);
    this.offer(delivery);
  }

  /** Takes over a request that an earlier process did not get rid of. */
  restore(delivery: Delivery): void {
    this.add(delivery);
    if (delivery.isServerAnswered || delivery.cancel !== undefined) this.keepForLater(delivery);
    else if (delivery.isInitial) this.waitForClient(delivery, this.context.settings.ownerGraceMs);
    else this.awaitInDialog(delivery);
  }

  onAck(dialog: Dialog, ack: SipRequest, received: Received, transactionId: string): void {
    this.context.notices.send(dialog, networkFrame(ack, trailOfReceived(received), transactionId, dialog.id));
  }

  onCancelled(transaction: ServerTransaction, cancel: SipRequest, received: Received): void {
    const delivery = this.byTransaction.get(transaction.id);
    if (delivery === undefined) return;
    if (delivery.tellCancelled(cancel, received) || !delivery.wasDelivered) this.remove(delivery);
    else this.keepForLater(delivery);
  }

  onWithdrawn(transaction: ServerTransaction): void {
    const delivery = this.byTransaction.get(transaction.id);
    if (delivery !== undefined) this.remove(delivery);
  }

  /** Answers with a client's response. `reply` hears of the response as sent with its delivery, or why nothing was sent. */
  answer(
    connection: ClientConnection,
    transactionId: string,
    draft: ResponseDraft,
    reply: (outcome: { delivery: Delivery; response: SipResponse } | string) => void
  ): void {
    const delivery = this.byTransaction.get(transactionId);
    const send = (): void => reply(this.answerNow(connection, transactionId, draft));
    if (delivery === undefined) send();
    else this.context.answering.whenAllowed(delivery.transaction, delivery.dialog, draft, send);
  }

  private answerNow(
    connection: ClientConnection,
    transactionId: string,
    draft: ResponseDraft
  ): { delivery: Delivery; response: SipResponse } | string {
    const delivery = this.byTransaction.get(transactionId);
    if (delivery === undefined) return `unknown transaction ${transactionId}`;
    if (delivery.isServerAnswered || delivery.cancel !== undefined) {
      this.remove(delivery);
      return `transaction ${transactionId} was answered already`;
    }
    if (delivery.isLostBy(connection) && draft.status >= 200)
      return `transaction ${transactionId} went to another client`;
    try {
      const response = this.context.answering.answer(delivery.transaction, delivery.dialog, draft);
      this.onAnswered(delivery, connection, draft.status);
      return { delivery, response };
    } catch (error) {
      if (error instanceof ResponseRefused) return error.message;
      if (!(error instanceof TransactionGone)) throw error;
      this.remove(delivery);
      return error.message;
    }
  }

  /** A client is gone or hangs: what it has goes to another. While there is none, it stays with one that hangs. */
  onConnectionLost(connection: ClientConnection): void {
    for (const delivery of this.byTransaction.values()) {
      if (delivery.holder !== connection) continue;
      if (!connection.isOpen) delivery.holder = undefined;
      this.offerAgain(delivery);
    }
  }

  onConnectionBack(connection: ClientConnection): void {
    for (const delivery of this.byTransaction.values()) {
      if (delivery.holder !== connection) continue;
      if (delivery.cancel !== undefined) this.remove(delivery);
      else this.awaitAnswer(delivery);
    }
  }

  /** Hands out what waits: a client connected or routed a method, or a request of ours that held an UPDATE back is over. */
  offerWaiting(): void {
    for (const delivery of this.byTransaction.values()) {
      this.suspectHolder(delivery);
      if (delivery.isWaiting) this.offer(delivery);
    }
  }

  /** Requests that wait for a client or its answer. */
  get size(): number {
    return this.byTransaction.size;
  }

  /** Answers in the place of a client, by status code. */
  get answered(): Tally {
    return this.serverAnswers.tally;
  }

  private get isFull(): boolean {
    return this.byTransaction.size > this.context.settings.maxWaiting;
  }

  private add(delivery: Delivery): Delivery {
    this.byTransaction.set(delivery.transaction.id, delivery);
    if (delivery.dialog !== undefined) delivery.dialog.undelivered += 1;
    this.context.inbox.open(delivery);
    return delivery;
  }

  private remove(delivery: Delivery): void {
    delivery.unschedule();
    if (!this.byTransaction.delete(delivery.transaction.id)) return;
    if (delivery.dialog !== undefined) delivery.dialog.undelivered -= 1;
    this.context.inbox.close(delivery);
  }

  private offer(delivery: Delivery): boolean {
    const connection = this.context.recipients.of(delivery);
    if (connection === undefined) return false;
    const { method, dialog, isInitial } = delivery;
    const { callId } = dialog ?? {};
    this.context.log.debug({ callId, method, client: connection.id }, 'request delivered');
    this.tally.add(delivery.wasDelivered ? 'again' : 'first');
    delivery.handTo(connection);
    this.context.inbox.note(delivery);
    if (isInitial && dialog !== undefined) this.context.ownership.give(dialog, connection);
    if (delivery.cancel !== undefined) this.remove(delivery);
    else this.awaitAnswer(delivery);
    return true;
  }

  private offerAgain(delivery: Delivery): void {
    if (this.offer(delivery)) return;
    if (delivery.isServerAnswered) this.keepForLater(delivery);
    else if (delivery.isInitial) this.waitForClient(delivery, this.context.settings.ownerGraceMs);
  }

  private onAnswered(delivery: Delivery, connection: ClientConnection, status: number): void {
    const { dialog } = delivery;
    if (status >= 200) this.remove(delivery);
    else if (status > 100) delivery.unschedule();
    if (dialog === undefined) return;
    if (delivery.isInitial && status < 300) this.context.ownership.give(dialog, connection);
    else this.context.ownership.claimIfOrphaned(dialog, connection);
  }

  private waitForClient(delivery: Delivery, waitMs: number): void {
    delivery.schedule(waitMs, () => this.answerByServer(delivery, 503, ['Retry-After', '5']));
  }

  private awaitAnswer(delivery: Delivery): void {
    if (delivery.isServerAnswered) delivery.schedule(lateAnswerMs, () => this.remove(delivery));
    else if (delivery.isInitial) this.awaitFirstAnswer(delivery);
  }

  private awaitFirstAnswer(delivery: Delivery): void {
    if (delivery.transaction.lastStatus > 100) delivery.unschedule();
    else this.waitForClient(delivery, firstAnswerMs(delivery.method, this.context.settings));
  }

  private awaitInDialog(delivery: Delivery): void {
    const { answerAfterMs } = this.context.settings;
    const passedMs = Math.max(0, now() - delivery.arrivedAt);
    delivery.schedule(Math.max(0, answerAfterMs - passedMs), () => this.onUnansweredInDialog(delivery));
  }

  private suspectHolder(delivery: Delivery): void {
    this.context.recipients.suspectHolder(delivery, this.context.settings.answerAfterMs);
  }

  private onUnansweredInDialog(delivery: Delivery): void {
    this.suspectHolder(delivery);
    if (!isNews(delivery)) {
      this.remove(delivery);
      this.serverAnswers.settle(delivery);
      return;
    }
    this.serverAnswers.send(delivery, 200);
    delivery.isServerAnswered = true;
    this.context.inbox.note(delivery);
    if (delivery.isWaiting) this.keepForLater(delivery);
    else delivery.schedule(lateAnswerMs, () => this.remove(delivery));
  }

  private keepForLater(delivery: Delivery): void {
    this.context.inbox.note(delivery);
    delivery.schedule(this.context.settings.keepUndeliveredMs, () => this.remove(delivery));
    if (!this.isFull) return;
    const oldest = [...this.byTransaction.values()].find(({ isServerAnswered }) => isServerAnswered);
    if (oldest === undefined) return;
    this.context.log.warn({ method: oldest.method }, 'too many requests wait for a client, the oldest is dropped');
    this.remove(oldest);
  }

  /** Answers a request that no client needs to hear of any more. */
  private answerByServer(delivery: Delivery, status: number, header?: readonly [string, string]): void {
    this.remove(delivery);
    this.serverAnswers.send(delivery, status, header);
  }
}
