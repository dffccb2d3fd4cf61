import type { Logger } from 'pino';
import { Operations } from './control/operations';
import { Answering } from './dialog/answering';
import type { Dialog } from './dialog/dialog';
import type { ClientContext } from './dialog/client-context';
import { Dialogs } from './dialog/dialogs';
import { DialogProbes } from './dialog/probes';
import { ResumedRequests } from './dialog/resumed-requests';
import { UserAgentClient } from './dialog/user-agent-client';
import { UserAgentServer } from './dialog/user-agent-server';
import { AdminPort } from './drachtio/admin-port';
import { ClientRequests } from './drachtio/client-requests';
import { ClientResponses } from './drachtio/client-responses';
import { Deliveries } from './drachtio/deliveries';
import { Notices } from './drachtio/notices';
import { Ownership } from './drachtio/ownership';
import { Protocol } from './drachtio/protocol';
import { Recipients } from './drachtio/recipients';
import { SentRequests } from './drachtio/sent-requests';
import { Ground } from './ground';
import { restart } from './restart';
import { Metrics } from './metrics/metrics';
import { Traffic } from './metrics/traffic';
import type { Settings, SettingsInput } from './settings';
import { Transactions } from './transaction/layer';
import type { ServerTransactionUser } from './transaction/types';
import { observe } from './transport/observe';
import type { TrafficObserver } from './transport/observe';
import type { Listener } from './transport/types';

/** A SIP server that drachtio-srf applications drive: RFC 3261's layers, with the drachtio protocol on top. */
export class SipServer {
  /** What operators may look at and steer. */
  readonly operations: Operations;
  readonly metrics: Metrics;
  readonly settings: Settings;
  /** The port that clients connect to. */
  readonly admin: AdminPort;
  private readonly ground: Ground;
  private readonly ownership: Ownership;
  private readonly notices: Notices;
  private readonly dialogs: Dialogs;
  private readonly transactions: Transactions;
  private readonly userAgentClient: UserAgentClient;
  private readonly sentRequests: SentRequests;
  private readonly deliveries: Deliveries;
  private readonly answering: Answering;
  private readonly resumed: ResumedRequests;
  private readonly probes: DialogProbes;
  private readonly userAgentServer: UserAgentServer;

  /** @throws StoreError when the store cannot be used, Error for unusable certificates */
  constructor(
    input: SettingsInput,
    private readonly log: Logger
  ) {
    this.ground = new Ground(input, log);
    const { settings, clients, store, journal, transport } = this.ground;
    this.settings = settings;
    this.ownership = new Ownership(clients, (dialog) => this.dialogs.note(dialog));
    const { keepUndeliveredMs: keepMs, maxWaiting } = settings;
    this.notices = new Notices(this.ownership, { keepMs, maxWaiting, store, journal });
    this.dialogs = this.makeDialogs();
    this.transactions = this.makeTransactions();
    this.sentRequests = this.makeSentRequests();
    const client = this.makeClientContext();
    this.userAgentClient = new UserAgentClient(client);
    this.resumed = new ResumedRequests(client, this.userAgentClient);
    this.probes = this.makeProbes();
    this.answering = this.makeAnswering();
    this.deliveries = this.makeDeliveries();
    this.userAgentServer = this.makeUserAgentServer();
    this.operations = this.makeOperations();
    this.metrics = this.makeMetrics();
    this.admin = new AdminPort(this.makeProtocol(), { ...settings, hold: transport.hold });
  }

  /** The bound SIP addresses. */
  get listeners(): readonly Listener[] {
    return this.ground.transport.listeners;
  }

  /** Lets an observer see every SIP message in and out. */
  observe(observer: TrafficObserver): void {
    observe(this.ground.transport, observer);
  }

  /** Binds all addresses. @throws Error naming the address that cannot be bound */
  async start(): Promise<void> {
    const { inbox, ledger, ways } = this.ground;
    const { dialogs, deliveries, answering, notices, resumed, sentRequests, transactions } = this;
    const parts = { dialogs, deliveries, answering, notices, resumed, sentRequests, transactions };
    try {
      await this.ground.listen(() => restart({ inbox, ledger, ways, ...parts }));
      this.probes.start();
      await this.admin.listen();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Reads the files for TLS again now; unusable ones are logged and change nothing. */
  reloadTls(): void {
    this.ground.reloadTls();
  }

  async stop(): Promise<void> {
    const { journal, transport } = this.ground;
    this.ground.quiet();
    this.operations.drain.stop();
    this.probes.stop();
    this.transactions.close();
    this.dialogs.close();
    journal.commit();
    await Promise.all([this.admin.close(), transport.close()]);
    await journal.close();
  }

  private makeDialogs(): Dialogs {
    const { store, journal, ways, settings } = this.ground;
    const { keepEndedMs } = settings;
    return new Dialogs({
      ...{ keepEndedMs, store, journal, ways },
      onGone: (dialog) => this.onDialogGone(dialog),
      onDue: (dialog) => this.userAgentClient.sessions.onDue(dialog),
    });
  }

  private makeTransactions(): Transactions {
    // The user agent server is made later: it needs what stands on the transactions.
    const user: ServerTransactionUser = {
      isInDialog: (request) => this.userAgentServer.isInDialog(request),
      onRequest: (transaction) => this.userAgentServer.onRequest(transaction),
      onAck: (ack, received) => this.userAgentServer.onAck(ack, received),
      onCancel: (invite, cancel, received) => this.userAgentServer.onCancel(invite, cancel, received),
    };
    const { transport } = this.ground;
    const admission = this.ground.admission();
    return new Transactions({ transport, timers: this.settings.timers, admission, user, log: this.log });
  }

  private makeSentRequests(): SentRequests {
    const { notices, log } = this;
    const { clients, ledger } = this.ground;
    const { ownerGraceMs } = this.settings;
    return new SentRequests({
      ...{ clients, notices, ledger, ownerGraceMs, log },
      abandon: (sent) => this.userAgentClient.abandon(sent, 'the application is gone'),
      onSettled: () => this.deliveries.offerWaiting(),
    });
  }

  private makeClientContext(): ClientContext {
    const { transactions, dialogs, sentRequests: events, log } = this;
    const { timers, ackGraceMs, minSessionExpiresS } = this.settings;
    const { kept, transport } = this.ground;
    return {
      ...{ kept, transactions, dialogs, events, timers, ackGraceMs, minSessionExpiresS, log },
      listeners: () => transport.listeners,
      chooseListener: (target) => transport.chooseListener(target),
      nextHops: this.ground.nextHops(),
    };
  }

  private makeProbes(): DialogProbes {
    const { dialogs, userAgentClient: userAgent, log } = this;
    const { timers, probesPerS } = this.settings;
    return new DialogProbes({ dialogs, userAgent, timers, probesPerS, log });
  }

  private makeAnswering(): Answering {
    const { dialogs, userAgentClient, log } = this;
    const { registered } = this.ground;
    const endByServer = (dialog: Dialog, reason: string): void => userAgentClient.endByServer(dialog, reason);
    const refuseInvite = (dialog: Dialog, status: number): void => this.userAgentServer.refuseInvite(dialog, status);
    const { timers } = this.settings;
    const { sessions } = userAgentClient;
    return new Answering({ dialogs, sessions, registered, timers, endByServer, refuseInvite, log });
  }

  private makeDeliveries(): Deliveries {
    const { ownership, notices, answering, settings, log } = this;
    const { clients, inbox } = this.ground;
    const recipients = new Recipients(clients, ownership);
    return new Deliveries({ recipients, ownership, answering, notices, inbox, settings, log });
  }

  private makeUserAgentServer(): UserAgentServer {
    const { dialogs, deliveries: application, probes, log } = this;
    const { sessions } = this.userAgentClient;
    const refusesCalls = (): boolean => this.operations.refusesCalls;
    return new UserAgentServer({ dialogs, sessions, application, probes, refusesCalls, log });
  }

  private makeProtocol(): Protocol {
    const { dialogs, sentRequests, ownership, userAgentClient: userAgent, log } = this;
    const { clients, ledger, transport } = this.ground;
    return new Protocol({
      secret: this.settings.secret,
      listeners: () => transport.listeners,
      clients,
      requests: new ClientRequests({
        ...{ userAgent, dialogs, ledger, sentRequests, ownership, log },
        isFull: () => this.transactions.counts.client >= this.settings.maxClientTransactions,
      }),
      responses: new ClientResponses(this.deliveries),
      onClientReady: () => this.onClientReady(),
      onClientLost: (connection) => {
        this.sentRequests.onConnectionChanged(connection);
        this.deliveries.onConnectionLost(connection);
      },
      onClientBack: (connection) => {
        this.sentRequests.onConnectionChanged(connection);
        this.deliveries.onConnectionBack(connection);
        this.onClientReady();
      },
      log,
    });
  }

  private makeMetrics(): Metrics {
    const traffic = new Traffic();
    this.observe(traffic);
    const { deliveries, userAgentServer, dialogs, transactions, operations, probes } = this;
    const { ledger, clients, dropped } = this.ground;
    const counted = { deliveries, userAgentServer, ledger, dialogs, transactions, clients };
    return new Metrics({ ...counted, operations, probes, dropped, traffic });
  }

  private makeOperations(): Operations {
    const { dialogs, userAgentClient, userAgentServer } = this;
    const { clients, ledger, store } = this.ground;
    return new Operations({ dialogs, clients, ledger, store, userAgentClient, userAgentServer });
  }

  private onClientReady(): void {
    this.notices.sendWaiting();
    this.deliveries.offerWaiting();
  }

  private onDialogGone(dialog: Dialog): void {
    if (dialog.latestInvite !== undefined) this.sentRequests.settle(dialog.latestInvite.sent);
    this.userAgentClient.acknowledgements.ensure(dialog);
    for (const effectId of dialog.effectIds) this.ground.ledger.recordEnd(effectId);
  }
}
