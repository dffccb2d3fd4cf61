import { methodRefusal } from '../message/methods';
import type { Clients } from './clients';
import type { ClientConnection } from './connection';
import type { Delivery } from './delivery';
import type { Ownership } from './ownership';

/** Which client a peer's request is for. */
export class Recipients {
  constructor(
    private readonly clients: Clients,
    private readonly ownership: Ownership
  ) {}

  of({ isInitial, method, dialog }: Delivery): ClientConnection | undefined {
    if (isInitial || dialog === undefined) return this.clients.nextFor(method);
    // drachtio-srf hands an UPDATE to whatever request of ours is open on the Call-ID, where it gets lost.
    const isClientWaiting = [...dialog.open].some(({ owner }) => owner !== undefined);
    if (method === 'UPDATE' && dialog.state === 'confirmed' && isClientWaiting) return undefined;
    return this.ownership.connectionFor(dialog);
  }

  /**
   * Gives up a client that has left a request without an answer for so long and has not said a word since, when another one with the same
   * tags can go on in its place: its machine may be gone although its connection looks open.
   */
  suspectHolder(delivery: Delivery, silentMs: number): void {
    const { holder } = delivery;
    if (holder?.isHung !== false || !delivery.isUnheardFor(silentMs)) return;
    if (this.clients.hasTwin(holder)) holder.suspect();
  }

  /** Clients are there and none takes the method. An INVITE waits all the same: the one that takes calls may be starting anew. */
  isUnwanted(method: string): boolean {
    return method !== 'INVITE' && this.clients.wantedMethods().size > 0;
  }

  /** Status and header field by which a method that no client takes is refused. */
  refusalOf({ method, isStray }: Delivery): [status: number, header?: readonly [string, string]] {
    if (isStray) return [481];
    const { status, allow } = methodRefusal(method, this.clients.wantedMethods());
    return [status, ['Allow', allow]];
  }
}
