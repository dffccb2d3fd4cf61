import type { Logger } from 'pino';
import type { ClientEvents } from '../dialog/client-context';
import type { Dialog } from '../dialog/dialog';
import type { ReceivedResponse, SentRequest, Trail } from '../dialog/sent-request';
import { after } from '../dialog/timer';
import type { EffectLedger } from '../effects/ledger';
import { withOneChallenge } from '../message/challenges';
import type { SipResponse } from '../message/message';
import type { Clients } from './clients';
import type { ClientConnection } from './connection';
import { networkFrame, unsolicitedFrame } from './frames';
import type { Notices } from './notices';

export interface SentRequestsContext {
  clients: Clients;
  notices: Notices;
  ledger: EffectLedger;
  /** How long an INVITE waits for another client when its own is gone, in milliseconds. */
  ownerGraceMs: number;
  /** Gives up an INVITE that no client took over. */
  abandon(sent: SentRequest): void;
  /** A request of ours in a dialog got its final response. */
  onSettled(): void;
  log: Logger;
}

/** Requests of clients on the wire, and the responses on their way back. */
export class SentRequests implements ClientEvents {
  private readonly byTransaction = new Map<string, SentRequest>();
  private readonly orphanTimers = new Map<SentRequest, NodeJS.Timeout>();

  constructor(private readonly context: SentRequestsContext) {}

  /** @returns undefined when the request has its final response */
  pending(transactionId: string): SentRequest | undefined {
    const sent = this.byTransaction.get(transactionId);
    return sent?.isFinal === true ? undefined : sent;
  }

  add(sent: SentRequest): void {
    this.byTransaction.set(sent.id, sent);
    this.watchOwner(sent);
  }

  /** Takes over a client's request that was under way in an earlier process. */
  restore(sent: SentRequest): void {
    if (sent.effectId !== undefined) this.context.ledger.restoreSent(sent.effectId, sent);
    const isSettled = sent.isFinal && sent.invite?.isAwaitingAck !== true;
    if (sent.owner !== undefined && !isSettled) this.add(sent);
  }

  /** Gives a request to the client that asked for it again, from the first response on. */
  takeOver(sent: SentRequest, connection: ClientConnection): void {
    sent.owner = connection.owner;
    if (sent.isInvite && sent.isInitial && sent.dialog !== undefined) sent.dialog.owner = connection.owner;
    this.watchOwner(sent);
  }

  replay(sent: SentRequest, connection: ClientConnection): void {
    for (const received of sent.responses) this.pass(sent, received, connection);
  }

  /** No client is needed for this INVITE any more: it was acknowledged, or its dialog is over. */
  settle(sent: SentRequest): void {
    clearTimeout(this.orphanTimers.get(sent));
    this.orphanTimers.delete(sent);
    this.byTransaction.delete(sent.id);
  }

  onResponse(sent: SentRequest, response: SipResponse, trail: Trail): void {
    const received = { response, trail };
    if (sent.effectId !== undefined) sent.responses.push(received);
    const owner = this.context.clients.get(sent.owner?.connectionId);
    if (owner !== undefined) this.pass(sent, received, owner);
    if (response.status < 200) return;
    if (sent.isInvite && response.status < 300) this.watchOwner(sent);
    else this.settle(sent);
    if (sent.dialog !== undefined) this.context.onSettled();
    else if (sent.effectId !== undefined) this.context.ledger.recordEnd(sent.effectId);
  }

  onServerBye(dialog: Dialog, bye: SentRequest): void {
    this.context.notices.send(dialog, unsolicitedFrame(bye.request, bye.trail, dialog.id));
  }

  /** A connection is gone, hangs, or is back. */
  onConnectionChanged(connection: ClientConnection): void {
    for (const sent of this.byTransaction.values()) {
      if (sent.owner?.connectionId === connection.id) this.watchOwner(sent);
    }
  }

  private pass(sent: SentRequest, { response, trail }: ReceivedResponse, connection: ClientConnection): void {
    connection.send(networkFrame(withOneChallenge(response), trail, sent.id, sent.dialog?.id ?? ''));
  }

  /** An INVITE whose client is gone or hangs goes on for a while; then it is given up. */
  private watchOwner(sent: SentRequest): void {
    clearTimeout(this.orphanTimers.get(sent));
    this.orphanTimers.delete(sent);
    const isOwned = this.context.clients.live(sent.owner?.connectionId) !== undefined;
    if (!sent.isInvite || isOwned || !this.byTransaction.has(sent.id)) return;
    const giveUp = (): void => {
      const callId = sent.request.headers.get('Call-ID');
      this.context.log.warn({ callId }, 'INVITE given up: its client is gone and no other took it over');
      this.orphanTimers.delete(sent);
      this.context.abandon(sent);
      if (sent.isFinal) this.settle(sent);
    };
    this.orphanTimers.set(sent, after(this.context.ownerGraceMs, giveUp));
  }
}
