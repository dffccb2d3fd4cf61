import pino from 'pino';
import type { SipRequest, SipResponse } from '../../../sip-server/message/message';
import { responseTo } from '../../../sip-server/message/respond';
import { Tally } from '../../../sip-server/metrics/tally';
import { Admission } from '../../../sip-server/transaction/admission';
import { Transactions } from '../../../sip-server/transaction/layer';
import type { Timers } from '../../../sip-server/transaction/timers';
import type {
  ClientTransaction,
  ClientTransactionUser,
  ServerTransaction,
} from '../../../sip-server/transaction/types';
import { TransportLayer } from '../../../sip-server/transport/transport-layer';
import type { Target } from '../../../sip-server/transport/types';
import { parseRequest, requestLines, sipText } from './sip-text';
import { WirePeer } from './wire-peer';

/** The To tag of requests that belong to a dialog. */
export const dialogTag = 'b1';

/** 64*T1 is 1280 ms: a transaction ends within a test, and a busy machine does not end it too early. */
const shortTimers: Timers = { t1: 20, t2: 80, t4: 100, c: 60000 };

/** A line for every callback: `request INVITE`, `provisional 180`, `final 486`, `timeout`. */
class Journal {
  readonly entries: string[] = [];
  private readonly waiting: (() => void)[] = [];

  add(entry: string): void {
    this.entries.push(entry);
    this.waiting.splice(0).forEach((wake) => wake());
  }

  async expect(entry: string): Promise<void> {
    while (!this.entries.includes(entry)) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

/** A transaction layer over real sockets of loopback, its users' journal and a UDP peer. */
export class TransactionBench {
  readonly journal = new Journal();
  readonly served: ServerTransaction[] = [];
  /** Answers requests; by default nobody does. */
  onRequest: (transaction: ServerTransaction) => void = () => undefined;

  private constructor(
    readonly transport: TransportLayer,
    readonly layer: Transactions,
    readonly peer: WirePeer
  ) {}

  static async open(timers: Partial<Timers> = {}, maxServerTransactions = 1000): Promise<TransactionBench> {
    const log = pino({ level: 'silent' });
    const transport = new TransportLayer({ log });
    await transport.listen([
      { protocol: 'udp', address: '127.0.0.1', port: 0 },
      { protocol: 'tcp', address: '127.0.0.1', port: 0 },
    ]);
    const layer = new Transactions({
      transport,
      timers: { ...shortTimers, ...timers },
      admission: new Admission({ maxServerTransactions, sources: undefined, dropped: new Tally(), log }),
      log,
      user: {
        isInDialog: ({ headers }) => headers.get('To')?.endsWith(`;tag=${dialogTag}`) === true,
        onRequest: (transaction) => bench.receive(transaction),
        onAck: (ack) => bench.journal.add(`ack ${ack.headers.get('CSeq') ?? ''}`),
        onCancel: (invite, cancel) => bench.journal.add(`cancel ${invite.id} ${cancel.method}`),
      },
    });
    const bench: TransactionBench = new TransactionBench(transport, layer, await WirePeer.open());
    return bench;
  }

  get udpPort(): number {
    return this.transport.listeners[0]?.port ?? 0;
  }

  get tcpPort(): number {
    return this.transport.listeners[1]?.port ?? 0;
  }

  get target(): Target {
    return { protocol: 'udp', address: '127.0.0.1', port: this.peer.port };
  }

  /** Sends a request of ours whose callbacks go to the journal. */
  request(method: string, { target = this.target, extra = [] as string[] } = {}): ClientTransaction {
    const request = parseRequest(sipText(requestLines(method, extra)));
    return this.layer.request(
      request,
      { target },
      {
        onProvisional: (response) => this.journal.add(`provisional ${response.status}`),
        onFinal: (response) => this.journal.add(`final ${response.status}`),
        onFurther2xx: (response) => this.journal.add(`further ${response.status}`),
        onTimeout: () => this.journal.add('timeout'),
        onTransportError: (reason) => this.journal.add(`transport ${reason}`),
      }
    );
  }

  /** Waits until no transaction is left. */
  async idle(): Promise<void> {
    while (this.layer.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Answers a request that the peer got from us. */
  answer(request: SipRequest, status: number, toTag = 'peer'): void {
    this.peer.respond(request, status, this.udpPort, { toTag });
  }

  /** The peer sends a request to us. */
  send(method: string, extra: readonly string[] = [], branch?: string): void {
    this.peer.send(sipText(requestLines(method, extra, branch)), this.udpPort);
  }

  async close(): Promise<void> {
    this.layer.close();
    await this.transport.close();
    await this.peer.close();
  }

  private receive(transaction: ServerTransaction): void {
    this.served.push(transaction);
    this.onRequest(transaction);
    this.journal.add(`request ${transaction.request.method}`);
  }
}

export function respondTo(transaction: ServerTransaction, status: number, toTag = 'ours'): SipResponse {
  const response = responseTo(transaction.request, status, undefined, { toTag });
  transaction.respond(response);
  return response;
}

/** A user that takes no notice. */
export const silentUser: ClientTransactionUser = {
  onProvisional: () => undefined,
  onFinal: () => undefined,
  onFurther2xx: () => undefined,
  onTimeout: () => undefined,
  onTransportError: () => undefined,
};
