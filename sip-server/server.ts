import type { Logger } from 'pino';
import { Operations } from './control/operations';
import { Answering } from './dialog/answering';
import type { Dialog } from './dialog/dialog';
import type { ClientContext } from './dialog/client-context';
import { Dialogs } from './dialog/dialogs';
import { KeptRequests } from './dialog/kept-requests';
import { NextHops } from './dialog/next-hops';
import { RegisteredFlows } from './dialog/registered-flows';
import { ResumedRequests } from './dialog/resumed-requests';
import { UserAgentClient } from './dialog/user-agent-client';
import { UserAgentServer } from './dialog/user-agent-server';
import { AdminPort } from './drachtio/admin-port';
import { ClientRequests } from './drachtio/client-requests';
import { ClientResponses } from './drachtio/client-responses';
import { Clients } from './drachtio/clients';
import { Deliveries } from './drachtio/deliveries';
import { Inbox } from './drachtio/inbox';
import { Notices } from './drachtio/notices';
import { Ownership } from './drachtio/ownership';
import { Protocol } from './drachtio/protocol';
import { Recipients } from './drachtio/recipients';
import { SentRequests } from './drachtio/sent-requests';
import { bracketed, formatHostPort } from './message/host-port';
import { EffectLedger } from './effects/ledger';
import { restart } from './restart';
import { Journal } from './store/journal';
import { openStore } from './store/open-store';
import type { Store } from './store/store';
import { SourceLimit } from './limits/source-limit';
import { Metrics } from './metrics/metrics';
import { Tally } from './metrics/tally';
import { Traffic } from './metrics/traffic';
import { settingsSchema } from './settings';
import type { Settings, SettingsInput } from './settings';
import { Admission } from './transaction/admission';
import { Transactions } from './transaction/layer';
import type { ServerTransactionUser } from './transaction/types';
import { Locator } from './transport/locate';
import { NameServers } from './transport/name-servers';
import { TlsCredentials } from './transport/tls-credentials';
import { withDefaults } from './transport/listen-spec';
import { listenThen } from './transport/listen-then';
import { WaysBack } from './transport/ways-back';
import { observe } from './transport/observe';
import type { TrafficObserver } from './transport/observe';
import { TransportLayer } from './transport/transport-layer';
import type { Listener } from './transport/types';

const sweepEveryMs = 5000;

/** A SIP server that drachtio-srf applications drive: RFC 3261's layers, with the drachtio protocol on top. */
export class SipServer {
  /** What operators may look at and steer. */
  readonly operations: Operations;
  readonly metrics: Metrics;
  private readonly dropped = new Tally();
  private readonly transport: TransportLayer;
  private readonly tls: TlsCredentials | undefined;
  readonly settings: Settings;
  private readonly clients = new Clients();
  private readonly ownership = new Ownership(this.clients, (dialog) => this.dialogs.note(dialog));
  private readonly store: Store;
  private readonly journal: Journal;
  private readonly names: NameServers;
  private readonly registered = new RegisteredFlows();
  readonly ledger: EffectLedger;
  readonly notices: Notices;
  readonly inbox: Inbox;
  readonly ways: WaysBack;
  readonly dialogs: Dialogs;
  readonly transactions: Transactions;
  private readonly userAgentClient: UserAgentClient;
  readonly sentRequests: SentRequests;
  readonly deliveries: Deliveries;
  readonly answering: Answering;
  readonly resumed: ResumedRequests;
  private readonly userAgentServer: UserAgentServer;
  private readonly admin: AdminPort;
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    input: SettingsInput,
    private readonly log: Logger
  ) {
    const settings = settingsSchema.parse(input);
    this.settings = settings;
    this.names = new NameServers({ dnsServers: settings.dnsServers, cacheMs: settings.nameCacheMs });
    this.tls = settings.tls && new TlsCredentials(settings.tls, log);
    const { tls } = this;
    const { messageTimeoutMs, maxConnections } = settings;
    this.transport = new TransportLayer({ log, messageTimeoutMs, maxConnections, tls, dropped: this.dropped });
    this.store = openStore(settings.store);
    this.journal = new Journal(this.store, log);
    const { store, journal } = this;
    const {
      keepEndedMs: keepAfterEndMs,
      keepEffectsMs: keepAtLeastMs,
      keepUndeliveredMs: keepMs,
      maxWaiting,
    } = settings;
    this.ledger = new EffectLedger({ keepAfterEndMs, keepAtLeastMs, store, journal });
    this.notices = new Notices(this.ownership, { keepMs, maxWaiting, store, journal });
    this.inbox = new Inbox(store, journal);
    this.ways = new WaysBack(this.transport);
    this.dialogs = this.makeDialogs();
    this.transactions = this.makeTransactions();
    this.sentRequests = this.makeSentRequests();
    const client = this.makeClientContext();
    this.userAgentClient = new UserAgentClient(client);
    this.resumed = new ResumedRequests(client, this.userAgentClient);
    this.answering = this.makeAnswering();
    this.deliveries = this.makeDeliveries();
    this.userAgentServer = this.makeUserAgentServer();
    this.operations = this.makeOperations();
    this.metrics = this.makeMetrics();
    const hold = (leave: () => void): void => this.journal.afterCommit(leave);
    this.transport.hold = hold;
    this.admin = new AdminPort(this.makeProtocol(), { ...settings, hold });
  }

  /** The bound SIP addresses. */
  get listeners(): readonly Listener[] {
    return this.transport.listeners;
  }

  /** The port that clients connect to. */
  get adminPort(): number {
    return this.admin.port;
  }

  /** Where clients connect, `host:port`. */
  get adminAddress(): string {
    return formatHostPort({ host: bracketed(this.settings.admin.host), port: this.admin.port });
  }

  /** Lets an observer see every SIP message in and out. */
  observe(observer: TrafficObserver): void {
    observe(this.transport, observer);
  }

  /** Binds all addresses. @throws Error naming the address that cannot be bound */
  async start(): Promise<void> {
    const { listen, admin } = this.settings;
    const addresses = listen.map((spec) => withDefaults(spec, this.settings));
    try {
      await listenThen(this.transport, addresses, () => restart(this));
      await this.admin.listen(admin.host, admin.port);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.sweeping = setInterval(() => this.sweep(), sweepEveryMs).unref();
  }

  /** Reads the files for TLS again now; unusable ones are logged and change nothing. */
  reloadTls(): void {
    this.tls?.reload();
  }

  async stop(): Promise<void> {
    clearInterval(this.sweeping);
    this.operations.drain.stop();
    this.names.close();
    this.transactions.close();
    this.dialogs.close();
    this.journal.commit();
    await Promise.all([this.admin.close(), this.transport.close()]);
    this.journal.commit();
    await this.store.close();
  }

  private makeDialogs(): Dialogs {
    const { store, journal } = this;
    const { keepEndedMs } = this.settings;
    return new Dialogs({
      ...{ keepEndedMs, store, journal },
      ways: this.ways,
      onGone: (dialog) => this.onDialogGone(dialog),
      onDue: (dialog) => this.userAgentClient.sessions.onDue(dialog),
    });
  }

  private sweep(): void {
    this.ledger.sweep();
    this.registered.sweep();
  }

  private makeTransactions(): Transactions {
    // The user agent server is made later: it needs what stands on the transactions.
    const user: ServerTransactionUser = {
      isInDialog: (request) => this.userAgentServer.isInDialog(request),
      onRequest: (transaction) => this.userAgentServer.onRequest(transaction),
      onAck: (ack, received) => this.userAgentServer.onAck(ack, received),
      onCancel: (invite, cancel, received) => this.userAgentServer.onCancel(invite, cancel, received),
    };
    const { timers } = this.settings;
    return new Transactions({
      transport: this.transport,
      timers,
      admission: this.makeAdmission(),
      user,
      log: this.log,
    });
  }

  private makeAdmission(): Admission {
    const { maxServerTransactions, sourceRatePerS, sourceBurst, exemptSources } = this.settings;
    const rate = { perSecond: sourceRatePerS, burst: sourceBurst, exempt: exemptSources };
    const sources = sourceRatePerS === 0 ? undefined : new SourceLimit(rate);
    return new Admission({ maxServerTransactions, sources, dropped: this.dropped, log: this.log });
  }

  private makeSentRequests(): SentRequests {
    return new SentRequests({
      clients: this.clients,
      notices: this.notices,
      ledger: this.ledger,
      ownerGraceMs: this.settings.ownerGraceMs,
      abandon: (sent) => this.userAgentClient.abandon(sent, 'the application is gone'),
      onSettled: () => this.deliveries.offerWaiting(),
      log: this.log,
    });
  }

  private makeClientContext(): ClientContext {
    const { store, journal, ledger } = this;
    const kept = new KeptRequests(store, journal, (sent) => {
      if (sent.effectId !== undefined) ledger.settle(sent.effectId, sent);
    });
    return {
      kept,
      transactions: this.transactions,
      listeners: () => this.transport.listeners,
      chooseListener: (target) => this.transport.chooseListener(target),
      nextHops: this.makeNextHops(),
      dialogs: this.dialogs,
      timers: this.settings.timers,
      ackGraceMs: this.settings.ackGraceMs,
      minSessionExpiresS: this.settings.minSessionExpiresS,
      events: this.sentRequests,
      log: this.log,
    };
  }

  private makeAnswering(): Answering {
    const { dialogs, userAgentClient, registered, log } = this;
    const endByServer = (dialog: Dialog, reason: string): void => userAgentClient.endByServer(dialog, reason);
    const refuseInvite = (dialog: Dialog, status: number): void => this.userAgentServer.refuseInvite(dialog, status);
    const { timers } = this.settings;
    const { sessions } = userAgentClient;
    return new Answering({ dialogs, sessions, registered, timers, endByServer, refuseInvite, log });
  }

  private makeNextHops(): NextHops {
    const { registered, log, names } = this;
    const locator = new Locator(names, (target) => this.transport.chooseListener(target) !== undefined);
    return new NextHops({ locator, registered, natDetection: this.settings.natDetection, log });
  }

  private makeDeliveries(): Deliveries {
    const { ownership, notices, inbox, answering, settings, log } = this;
    const recipients = new Recipients(this.clients, ownership);
    return new Deliveries({ recipients, ownership, answering, notices, inbox, settings, log });
  }

  private makeUserAgentServer(): UserAgentServer {
    const { dialogs, deliveries: application, log } = this;
    const { sessions } = this.userAgentClient;
    const isDraining = (): boolean => this.operations.drain.isDraining;
    return new UserAgentServer({ dialogs, sessions, application, isDraining, log });
  }

  private makeProtocol(): Protocol {
    const { clients, dialogs, ledger, sentRequests, ownership, userAgentClient: userAgent, log } = this;
    return new Protocol({
      secret: this.settings.secret,
      listeners: () => this.transport.listeners,
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
    const { deliveries, userAgentServer, ledger, dialogs, transactions, clients, operations, dropped } = this;
    const counted = { deliveries, userAgentServer, ledger, dialogs, transactions, clients };
    return new Metrics({ ...counted, operations, dropped, traffic });
  }

  private makeOperations(): Operations {
    const { dialogs, clients, ledger, userAgentClient, userAgentServer } = this;
    return new Operations({ dialogs, clients, ledger, userAgentClient, userAgentServer });
  }

  private onClientReady(): void {
    this.notices.sendWaiting();
    this.deliveries.offerWaiting();
  }

  private onDialogGone(dialog: Dialog): void {
    if (dialog.latestInvite !== undefined) this.sentRequests.settle(dialog.latestInvite.sent);
    this.userAgentClient.acknowledgements.ensure(dialog);
    for (const effectId of dialog.effectIds) this.ledger.recordEnd(effectId);
  }
}
