import type { Logger } from 'pino';
import { Drain } from './control/drain';
import { Operations } from './control/operations';
import { Answering } from './dialog/answering';
import type { Dialog } from './dialog/dialog';
import { Dialogs } from './dialog/dialogs';
import { NextHops } from './dialog/next-hops';
import { UserAgentClient } from './dialog/user-agent-client';
import { UserAgentServer } from './dialog/user-agent-server';
import { AdminPort } from './drachtio/admin-port';
import { ClientRequests } from './drachtio/client-requests';
import { ClientResponses } from './drachtio/client-responses';
import { Clients } from './drachtio/clients';
import { Deliveries } from './drachtio/deliveries';
import { Notices } from './drachtio/notices';
import { Ownership } from './drachtio/ownership';
import { Protocol } from './drachtio/protocol';
import { SentRequests } from './drachtio/sent-requests';
import { bracketed, formatHostPort } from './message/host-port';
import { EffectLedger } from './effects/ledger';
import type { SipMessage } from './message/message';
import { settingsSchema } from './settings';
import type { Settings, SettingsInput } from './settings';
import { Transactions } from './transaction/layer';
import type { ServerTransactionUser } from './transaction/types';
import { resolveTarget } from './transport/resolve';
import { TlsCredentials } from './transport/tls-credentials';
import { TransportLayer } from './transport/transport-layer';
import type { Flow, Listener } from './transport/types';

const sweepEveryMs = 5000;

/** A SIP server that drachtio-srf applications drive: RFC 3261's layers, with the drachtio protocol on top. */
export class SipServer {
  /** What operators may look at and steer. */
  readonly operations: Operations;
  private readonly transport: TransportLayer;
  private readonly settings: Settings;
  private readonly tls: TlsCredentials | undefined;
  private readonly clients = new Clients();
  private readonly ownership = new Ownership(this.clients);
  private readonly ledger: EffectLedger;
  private readonly notices: Notices;
  private readonly dialogs: Dialogs;
  private readonly transactions: Transactions;
  private readonly userAgentClient: UserAgentClient;
  private readonly sentRequests: SentRequests;
  private readonly deliveries: Deliveries;
  private readonly userAgentServer: UserAgentServer;
  private readonly admin: AdminPort;
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    input: SettingsInput,
    private readonly log: Logger
  ) {
    const settings = settingsSchema.parse(input);
    this.settings = settings;
    this.tls = settings.tls && new TlsCredentials(settings.tls, log);
    this.transport = new TransportLayer({
      log,
      messageTimeoutMs: settings.messageTimeoutMs,
      maxConnections: settings.maxConnections,
      tls: this.tls,
    });
    this.ledger = new EffectLedger({ keepAfterEndMs: settings.keepEndedMs, keepAtLeastMs: settings.keepEffectsMs });
    this.notices = new Notices(this.ownership, { keepMs: settings.keepUndeliveredMs, maxWaiting: settings.maxWaiting });
    this.dialogs = new Dialogs({ keepEndedMs: settings.keepEndedMs, onGone: (dialog) => this.onDialogGone(dialog) });
    this.transactions = this.makeTransactions();
    this.sentRequests = this.makeSentRequests();
    this.userAgentClient = this.makeUserAgentClient();
    this.deliveries = this.makeDeliveries();
    this.userAgentServer = new UserAgentServer({
      dialogs: this.dialogs,
      sessions: this.userAgentClient.sessions,
      application: this.deliveries,
      isDraining: () => this.operations.drain.isDraining,
      log,
    });
    this.operations = this.makeOperations();
    this.admin = new AdminPort(this.makeProtocol(), settings);
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

  /** Calls `report` for every SIP message in and out. */
  trace(report: (direction: 'in' | 'out', message: SipMessage, flow: Flow) => void): void {
    const receive = this.transport.onReceived;
    this.transport.onReceived = (received) => {
      report('in', received.message, received.flow);
      receive(received);
    };
    this.transport.onSent = (message, _bytes, flow) => report('out', message, flow);
  }

  /** Binds all addresses. @throws Error naming the address that cannot be bound */
  async start(): Promise<void> {
    const { listen, external, admin } = this.settings;
    await this.transport.listen(listen.map((spec) => ({ ...spec, external })));
    try {
      await this.admin.listen(admin.host, admin.port);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.sweeping = setInterval(() => this.ledger.sweep(), sweepEveryMs).unref();
  }

  /** Reads the files for TLS again now; unusable ones are logged and change nothing. */
  reloadTls(): void {
    this.tls?.reload();
  }

  async stop(): Promise<void> {
    clearInterval(this.sweeping);
    this.operations.drain.stop();
    this.transactions.close();
    await Promise.all([this.admin.close(), this.transport.close()]);
  }

  private makeTransactions(): Transactions {
    // The user agent server is made later: it needs what stands on the transactions.
    const user: ServerTransactionUser = {
      onRequest: (transaction) => this.userAgentServer.onRequest(transaction),
      onAck: (ack, received) => this.userAgentServer.onAck(ack, received),
      onCancel: (invite, cancel, received) => this.userAgentServer.onCancel(invite, cancel, received),
    };
    const { timers, maxServerTransactions } = this.settings;
    return new Transactions({ transport: this.transport, timers, maxServerTransactions, user, log: this.log });
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

  private makeUserAgentClient(): UserAgentClient {
    return new UserAgentClient({
      transactions: this.transactions,
      listeners: () => this.transport.listeners,
      chooseListener: (target) => this.transport.chooseListener(target),
      nextHops: new NextHops(resolveTarget, this.log),
      dialogs: this.dialogs,
      timers: this.settings.timers,
      ackGraceMs: this.settings.ackGraceMs,
      minSessionExpiresS: this.settings.minSessionExpiresS,
      events: this.sentRequests,
      log: this.log,
    });
  }

  private makeDeliveries(): Deliveries {
    const { clients, ownership, notices, dialogs, settings, log } = this;
    const answering = new Answering({
      dialogs,
      sessions: this.userAgentClient.sessions,
      timers: settings.timers,
      endByServer: (dialog, reason) => this.userAgentClient.endByServer(dialog, reason),
      log,
    });
    return new Deliveries({ clients, ownership, answering, notices, settings, log });
  }

  private makeProtocol(): Protocol {
    const { clients, dialogs, ledger, sentRequests, ownership, userAgentClient: userAgent, log } = this;
    return new Protocol({
      secret: this.settings.secret,
      listeners: () => this.transport.listeners,
      clients,
      requests: new ClientRequests({ userAgent, dialogs, ledger, sentRequests, ownership, log }),
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

  private makeOperations(): Operations {
    const { dialogs, clients, ledger } = this;
    const drain = new Drain(() => dialogs.size);
    return new Operations({
      dialogs,
      clients,
      ledger,
      drain,
      endDialog: (dialog, reason) => this.endDialog(dialog, reason),
    });
  }

  private endDialog(dialog: Dialog, reason: string): void {
    if (dialog.state === 'confirmed') this.userAgentClient.endByServer(dialog, reason);
    else if (dialog.role === 'uas') this.userAgentServer.endEarly(dialog);
    else if (dialog.latestInvite !== undefined) this.userAgentClient.abandon(dialog.latestInvite.sent, reason);
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
