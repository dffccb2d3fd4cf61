import type { Logger } from 'pino';
import { KeptRequests } from './dialog/kept-requests';
import { NextHops } from './dialog/next-hops';
import { RegisteredFlows } from './dialog/registered-flows';
import { Clients } from './drachtio/clients';
import { Inbox } from './drachtio/inbox';
import { EffectLedger } from './effects/ledger';
import { refusals, SourceLimit } from './limits/source-limit';
import { Tally } from './metrics/tally';
import { settingsSchema } from './settings';
import type { Settings, SettingsInput } from './settings';
import { Journal } from './store/journal';
import { openStore } from './store/open-store';
import type { Store } from './store/store';
import { Admission } from './transaction/admission';
import { withDefaults } from './transport/listen-spec';
import { listenThen } from './transport/listen-then';
import { Locator } from './transport/locate';
import { NameServers } from './transport/name-servers';
import { TlsCredentials } from './transport/tls-credentials';
import { TransportLayer } from './transport/transport-layer';
import { WaysBack } from './transport/ways-back';

const sweepEveryMs = 5000;

/** What the layers of a server stand on: settings, store, transports, names, and tables that know of nothing above them. */
export class Ground {
  readonly settings: Settings;
  readonly clients = new Clients();
  readonly dropped = new Tally();
  readonly registered = new RegisteredFlows();
  readonly transport: TransportLayer;
  readonly ways: WaysBack;
  readonly store: Store;
  readonly journal: Journal;
  readonly inbox: Inbox;
  readonly ledger: EffectLedger;
  readonly kept: KeptRequests;
  private readonly names: NameServers;
  private readonly tls: TlsCredentials | undefined;
  private sweeping: NodeJS.Timeout | undefined;

  /** @throws StoreError when the store cannot be used, Error for unusable certificates */
  constructor(
    input: SettingsInput,
    readonly log: Logger
  ) {
    const settings = settingsSchema.parse(input);
    const { messageTimeoutMs, maxConnections, keepEndedMs, keepEffectsMs } = settings;
    this.settings = settings;
    this.names = new NameServers({ dnsServers: settings.dnsServers, cacheMs: settings.nameCacheMs });
    this.tls = settings.tls && new TlsCredentials(settings.tls, log);
    const { tls, dropped } = this;
    const mayRefuse = mayRefuseMalformed(settings);
    this.transport = new TransportLayer({ log, messageTimeoutMs, maxConnections, tls, dropped, mayRefuse });
    this.ways = new WaysBack(this.transport);
    this.store = openStore(settings.store);
    this.journal = new Journal(this.store, log);
    this.transport.hold = (leave) => this.journal.afterCommit(leave);
    const { store, journal } = this;
    this.inbox = new Inbox(store, journal);
    const keep = { keepAfterEndMs: keepEndedMs, keepAtLeastMs: keepEffectsMs };
    this.ledger = new EffectLedger({ ...keep, store, journal });
    this.kept = new KeptRequests(store, journal, (sent) => {
      if (sent.effectId !== undefined) this.ledger.settle(sent.effectId, sent);
    });
  }

  /** Binds the SIP addresses; `goOn` runs before the first message is read. @throws Error naming the address that cannot be bound */
  async listen(goOn: () => void): Promise<void> {
    const addresses = this.settings.listen.map((spec) => withDefaults(spec, this.settings));
    await listenThen(this.transport, addresses, goOn);
    this.sweeping = setInterval(() => this.sweep(), sweepEveryMs).unref();
  }

  reloadTls(): void {
    this.tls?.reload();
  }

  /** Ends what could still happen by itself. */
  quiet(): void {
    clearInterval(this.sweeping);
    this.names.close();
  }

  admission(): Admission {
    const { maxServerTransactions, sourceRatePerS, sourceBurst, exemptSources } = this.settings;
    const rate = { perSecond: sourceRatePerS, burst: sourceBurst, exempt: exemptSources };
    const sources = sourceRatePerS === 0 ? undefined : new SourceLimit(rate);
    return new Admission({ maxServerTransactions, sources, dropped: this.dropped, log: this.log });
  }

  nextHops(): NextHops {
    const { registered, log, names } = this;
    const locator = new Locator(names, (target) => this.transport.chooseListener(target) !== undefined);
    return new NextHops({ locator, registered, natDetection: this.settings.natDetection, log });
  }

  private sweep(): void {
    this.ledger.sweep();
    this.registered.sweep();
  }
}

/** Malformed messages cost their source the same as requests beyond its rate: some are answered, and the rest is not. */
function mayRefuseMalformed({ sourceRatePerS, exemptSources }: Settings): ((address: string) => boolean) | undefined {
  if (sourceRatePerS === 0) return undefined;
  const limit = new SourceLimit({ ...refusals, exempt: exemptSources });
  return (address) => limit.judge(address) === 'take';
}
