import { now } from '../clock';
import type { Dialog } from '../dialog/dialog';
import { trailOfReceived } from '../dialog/sent-request';
import type { SipRequest } from '../message/message';
import { tagOf } from '../message/name-addr';
import type { ServerTransaction } from '../transaction/types';
import type { Received } from '../transport/types';
import type { ClientConnection } from './connection';
import { initialRequestFrame, networkFrame } from './frames';

/** A peer's request on its way to a client, from its arrival until a client has answered it. */
export class Delivery {
  /** Milliseconds since the epoch. */
  arrivedAt = now();
  /** The client that has it now. */
  holder: ClientConnection | undefined;
  /** When the holder got it, in milliseconds since the epoch. */
  private handedAt = 0;
  /** Some client has had it. */
  wasDelivered = false;
  /** Clients that lost it to another. */
  private readonly losers = new Set<ClientConnection>();
  /** The server gave the final response; the client still is to know of the request. */
  isServerAnswered = false;
  /** The peer gave up its INVITE. */
  cancel: { request: SipRequest; received: Received } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly transaction: ServerTransaction,
    readonly dialog: Dialog | undefined,
    /** Outside of any dialog; an INVITE that will make one included. */
    readonly isInitial: boolean
  ) {}

  get method(): string {
    return this.transaction.request.method;
  }

  /** Says by its To tag that it belongs to a dialog, and to none that is known. */
  get isStray(): boolean {
    return this.isInitial && tagOf(this.transaction.request.headers.get('To') ?? '') !== undefined;
  }

  /** The dialog id of responses; empty outside of INVITEs and dialogs. */
  get dialogId(): string {
    return this.dialog?.id ?? '';
  }

  /** True while no client that does anything has it. */
  get isWaiting(): boolean {
    return this.holder?.isHung ?? true;
  }

  /** Its holder has had it for so long, and has said nothing at all since. */
  isUnheardFor(ms: number): boolean {
    return this.holder?.isSilentSince(this.handedAt) === true && now() - this.handedAt >= ms;
  }

  /** True for a client that had it and hung, so that another has it now. */
  isLostBy(connection: ClientConnection): boolean {
    return this.losers.has(connection);
  }

  handTo(connection: ClientConnection): void {
    if (this.holder !== undefined) this.losers.add(this.holder);
    this.losers.delete(connection);
    const { id, request, received } = this.transaction;
    const trail = trailOfReceived(received);
    this.holder = connection;
    this.handedAt = now();
    this.wasDelivered = true;
    connection.send(
      this.isInitial
        ? initialRequestFrame(request, trail, id, received.flow.listener.advertised)
        : networkFrame(request, trail, id, this.dialogId)
    );
    if (this.cancel !== undefined) this.handCancelTo(connection, this.cancel);
  }

  /** Runs `act` after a delay unless another delay is set or the delivery is over before. */
  schedule(delayMs: number, act: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(act, delayMs).unref();
  }

  unschedule(): void {
    clearTimeout(this.timer);
  }

  private handCancelTo(
    connection: ClientConnection,
    { request, received }: { request: SipRequest; received: Received }
  ): void {
    // Before the first response of ours the client knows of no dialog.
    const dialogId = this.dialog?.localTag === undefined ? '' : this.dialogId;
    connection.send(networkFrame(request, trailOfReceived(received), this.transaction.id, dialogId));
  }

  /** Tells the holder of the CANCEL. @returns false when nobody that does anything holds the INVITE */
  tellCancelled(request: SipRequest, received: Received): boolean {
    this.cancel = { request, received };
    if (this.holder?.isOpen !== true) return false;
    this.handCancelTo(this.holder, this.cancel);
    return !this.holder.isHung;
  }
}
