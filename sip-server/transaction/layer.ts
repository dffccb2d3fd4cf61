import type { Logger } from 'pino';
import type { SipRequest, SipResponse } from '../message/message';
import { tagOf } from '../message/name-addr';
import { newTag } from '../message/identifiers';
import { responseTo } from '../message/respond';
import { serialize } from '../message/serialize';
import type { TransportLayer } from '../transport/transport-layer';
import type { Flow, Received } from '../transport/types';
import type { Admission } from './admission';
import { busy } from './admission';
import { withVia } from './build';
import { ClientInviteTransaction } from './client-invite';
import { ClientNonInviteTransaction } from './client-non-invite';
import type { BaseClientTransaction, Outgoing } from './client-transaction';
import type { TransactionContext } from './context';
import { clientKey, isResponseTo, serverKey } from './keys';
import { ServerInviteTransaction } from './server-invite';
import { ServerNonInviteTransaction } from './server-non-invite';
import type { BaseServerTransaction } from './server-transaction';
import { guarded, silentUser } from './guarded-user';
import { defaultTimers } from './timers';
import type { Timers } from './timers';
import type {
  ClientTransaction,
  ClientTransactionUser,
  KeptClient,
  KeptServer,
  NextHop,
  ServerTransaction,
  ServerTransactionUser,
  TransactionLayer,
} from './types';

export interface TransactionSettings {
  /** The layer sets its `onReceived` and `onFlowClosed`. */
  transport: TransportLayer;
  /** Default: the values of RFC 3261. */
  timers?: Timers | undefined;
  /** Which requests that belong to nothing are taken. */
  admission: Admission;
  user: ServerTransactionUser;
  log: Logger;
}

/** The transaction layer of RFC 3261 section 17 on a transport layer. */
export class Transactions implements TransactionLayer {
  private readonly transport: TransportLayer;
  private readonly timers: Timers;
  private readonly admission: Admission;
  private readonly user: ServerTransactionUser;
  private readonly log: Logger;
  private readonly servers = new Map<string, BaseServerTransaction>();
  private readonly clients = new Map<string, BaseClientTransaction>();

  constructor({ transport, timers = defaultTimers, admission, user, log }: TransactionSettings) {
    this.transport = transport;
    this.timers = timers;
    this.admission = admission;
    this.user = user;
    this.log = log;
    transport.onReceived = (received) => this.receive(received);
    transport.onFlowClosed = (flow) => this.flowClosed(flow);
  }

  /** Transactions that still match messages. */
  get size(): number {
    return this.servers.size + this.clients.size;
  }

  get counts(): { server: number; client: number } {
    return { server: this.servers.size, client: this.clients.size };
  }

  request(request: SipRequest, nextHop: NextHop, user: ClientTransactionUser): ClientTransaction {
    return this.open(this.route(request, nextHop), guarded(user, this.log));
  }

  resume(kept: KeptClient, nextHop: NextHop, user: ClientTransactionUser): ClientTransaction {
    const { flow, problem } = this.route(kept.request, nextHop);
    const outgoing = { request: kept.request, target: nextHop.target, flow, problem, isReused: false };
    return this.open(outgoing, guarded(user, this.log), kept);
  }

  resumeServer({ id, localTag, last }: KeptServer, request: SipRequest, received: Received): ServerTransaction {
    const transaction = this.makeServer(serverKey(request), request, received, id);
    transaction.localTag = localTag;
    if (last !== undefined) transaction.resume(last);
    return transaction;
  }

  sendAck(ack: SipRequest, nextHop: NextHop): { request: SipRequest; bytes: number; flow: Flow | undefined } {
    const { request, flow, problem } = this.route(ack, nextHop);
    const bytes = serialize(request);
    if (flow === undefined) this.warnUnsent(request, problem ?? 'no way to the target');
    else this.transport.send(request, flow, (reason) => this.warnUnsent(request, reason), bytes);
    return { request, bytes: bytes.length, flow };
  }

  resend({ request, flow }: { request: SipRequest; flow: Flow | undefined }, { target }: NextHop): void {
    try {
      const way = flow?.isOpen === true ? flow : this.transport.flowTo(target);
      this.transport.send(request, way, (reason) => this.warnUnsent(request, reason));
    } catch (error) {
      this.warnUnsent(request, (error as Error).message);
    }
  }

  respondStateless({ flow }: Received, response: SipResponse): void {
    this.transport.respond(response, flow, (reason) => this.log.warn({ reason }, 'response could not be sent'));
  }

  /** Forgets all transactions and stops their timers; nothing more is reported. */
  close(): void {
    for (const transaction of [...this.servers.values(), ...this.clients.values()]) transaction.terminate();
  }

  private route(request: SipRequest, { target, flow: preferred }: NextHop): Outgoing {
    try {
      const open = preferred?.isOpen === true ? preferred : this.transport.openFlowTo(target);
      const flow = open ?? this.transport.flowTo(target);
      return { request: withVia(request, flow), target, flow, isReused: open !== undefined };
    } catch (error) {
      return { request, target, flow: undefined, problem: (error as Error).message, isReused: false };
    }
  }

  private open(outgoing: Outgoing, user: ClientTransactionUser, kept?: KeptClient): BaseClientTransaction {
    const key = clientKey(outgoing.request);
    const context = this.contextOf(this.clients, key);
    const transaction: BaseClientTransaction =
      outgoing.request.method === 'INVITE'
        ? new ClientInviteTransaction(
            outgoing,
            user,
            context,
            (cancel) => this.sendCancel(cancel, transaction),
            kept?.id
          )
        : new ClientNonInviteTransaction(outgoing, user, context, kept?.id);
    this.clients.set(key, transaction);
    if (kept === undefined) transaction.start();
    else transaction.resume(kept.stage);
    return transaction;
  }

  /** A CANCEL takes the way of its INVITE; its response ends nothing but its own transaction. */
  private sendCancel(cancel: SipRequest, { target, flow }: ClientTransaction): void {
    const isReused = flow?.isOpen === true;
    this.open({ request: cancel, target, flow, isReused }, silentUser);
  }

  private contextOf(table: Map<string, unknown>, key: string): TransactionContext {
    return { transport: this.transport, timers: this.timers, log: this.log, onTerminated: () => table.delete(key) };
  }

  private receive(received: Received): void {
    const { message } = received;
    if (message.kind === 'response') this.receiveResponse(message, received);
    else if (message.method === 'ACK') this.receiveAck(message, received);
    else this.receiveRequest(message, received);
  }

  private receiveResponse(response: SipResponse, received: Received): void {
    const transaction = this.clients.get(clientKey(response));
    if (transaction === undefined || !isResponseTo(transaction.request, response)) return;
    transaction.isHeard = true;
    transaction.receive(response, received);
  }

  private receiveAck(ack: SipRequest, received: Received): void {
    const invite = this.servers.get(serverKey(ack, 'INVITE'));
    const isAbsorbed = invite instanceof ServerInviteTransaction && invite.receiveAck();
    if (!isAbsorbed) this.user.onAck(ack, received);
  }

  private receiveRequest(request: SipRequest, received: Received): void {
    const key = serverKey(request);
    const known = this.servers.get(key);
    if (known !== undefined) {
      known.receiveRetransmission();
      return;
    }
    const { address } = received.flow.remote;
    const verdict = this.belongsToKnown(request) ? 'take' : this.admission.judge(address, this.servers.size);
    if (verdict === 'take') this.openServer(key, request, received);
    else if (verdict === 'refuse') this.respondStateless(received, busy(request, key));
  }

  /** In a dialog, or the CANCEL of an INVITE that is here. */
  private belongsToKnown(request: SipRequest): boolean {
    if (request.method === 'CANCEL') return this.servers.has(serverKey(request, 'INVITE'));
    return tagOf(request.headers.get('To') ?? '') !== undefined && this.user.isInDialog(request);
  }

  private openServer(key: string, request: SipRequest, received: Received): void {
    const transaction = this.makeServer(key, request, received);
    if (transaction instanceof ServerInviteTransaction) transaction.start();
    if (request.method === 'CANCEL') this.receiveCancel(transaction);
    else this.handOver(transaction);
  }

  private makeServer(key: string, request: SipRequest, received: Received, id?: string): BaseServerTransaction {
    const context = this.contextOf(this.servers, key);
    const Transaction = request.method === 'INVITE' ? ServerInviteTransaction : ServerNonInviteTransaction;
    const transaction = new Transaction(request, received, context, id);
    this.servers.set(key, transaction);
    return transaction;
  }

  private handOver(transaction: BaseServerTransaction): void {
    try {
      this.user.onRequest(transaction);
    } catch (error) {
      const callId = transaction.request.headers.get('Call-ID');
      this.log.error({ err: error, callId }, 'fault in the handling of a request');
      if (transaction.isPending) transaction.respond(responseTo(transaction.request, 500));
    }
  }

  /** RFC 3261 section 9.2. An INVITE answered with a 2xx is beyond cancelling, and its transaction gone for that purpose. */
  private receiveCancel(cancel: BaseServerTransaction): void {
    const invite = this.servers.get(serverKey(cancel.request, 'INVITE'));
    if (!(invite instanceof ServerInviteTransaction) || isSuccess(invite.lastStatus)) {
      cancel.respond(responseTo(cancel.request, 481));
      return;
    }
    const toTag = (invite.localTag ??= newTag());
    const isUnanswered = invite.isPending;
    cancel.respond(responseTo(cancel.request, 200, undefined, { toTag }));
    if (!isUnanswered) return;
    invite.respond(responseTo(invite.request, 487, undefined, { toTag }));
    this.user.onCancel(invite, cancel.request, cancel.received);
  }

  private flowClosed(flow: Flow): void {
    for (const transaction of this.clients.values()) transaction.flowLost(flow);
  }

  private warnUnsent(request: SipRequest, reason: string): void {
    const callId = request.headers.get('Call-ID');
    this.log.warn({ callId, method: request.method, reason }, 'request could not be sent');
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
