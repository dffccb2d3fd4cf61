import { Counter, Gauge, Registry } from 'prom-client';
import type { Operations } from '../control/operations';
import type { Dialogs } from '../dialog/dialogs';
import type { DialogProbes } from '../dialog/probes';
import type { UserAgentServer } from '../dialog/user-agent-server';
import type { Clients } from '../drachtio/clients';
import type { Deliveries } from '../drachtio/deliveries';
import type { EffectLedger } from '../effects/ledger';
import type { Transactions } from '../transaction/layer';
import type { Tally } from './tally';
import type { Traffic } from './traffic';

/** Where the numbers come from; read when somebody asks for them. */
export interface MetricSources {
  traffic: Traffic;
  deliveries: Deliveries;
  userAgentServer: UserAgentServer;
  ledger: EffectLedger;
  dialogs: Dialogs;
  transactions: Transactions;
  clients: Clients;
  probes: DialogProbes;
  operations: Operations;
  /** What limits kept out, by limit. */
  dropped: Tally;
}

const prefix = 'sip_server_';

/** The metrics of one server. Counting is done elsewhere, in plain numbers; nothing is computed before somebody asks. */
export class Metrics {
  /** Further metrics may be registered here. */
  readonly registry = new Registry();

  constructor(sources: MetricSources) {
    const { traffic } = sources;
    this.tally('requests_total', 'SIP requests on the wire', ['direction', 'transport', 'method'], traffic.requests);
    const ofResponses = ['direction', 'transport', 'method', 'class'];
    this.tally('responses_total', 'SIP responses on the wire', ofResponses, traffic.responses);
    this.tally('bytes_total', 'Bytes of SIP messages', ['direction', 'transport'], traffic.bytes);
    this.tally('malformed_total', 'Messages that did not parse', ['transport'], traffic.malformed);
    this.tally('deliveries_total', 'Requests handed to applications', ['delivery'], sources.deliveries.tally);
    this.tally('server_answers_total', 'Answers in place of an application', ['status'], sources.deliveries.answered);
    this.tally(
      'refusals_total',
      'Requests refused without an application',
      ['status'],
      sources.userAgentServer.refused
    );
    this.tally('effects_total', 'Requests of applications with an effect id', ['effect'], sources.ledger.tally);
    this.tally('probes_total', 'Peers asked whether they have their dialog', ['finding'], sources.probes.tally);
    this.tally('dropped_total', 'What limits kept out', ['limit'], sources.dropped);
    this.gauge('applications', 'Connected applications', () => sources.clients.all().length);
    this.gauge('waiting_requests', 'Requests that wait for an application', () => sources.deliveries.size);
    this.gauge('draining', '1 while the server is being emptied', () => Number(sources.operations.drain.isDraining));
    const isFailing = (): number => Number(sources.operations.storeFault !== undefined);
    this.gauge('store_failing', '1 while the store takes nothing and new calls are refused', isFailing);
    this.dialogs(sources);
    this.transactions(sources);
  }

  /** A counter whose values stand in a tally: label values joined by spaces. */
  private tally(name: string, help: string, labelNames: string[], tally: Tally): void {
    const collect = function (this: Counter): void {
      this.reset();
      for (const [what, count] of tally.entries()) this.labels(...what.split(' ')).inc(count);
    };
    new Counter({ name: prefix + name, help, labelNames, registers: [this.registry], collect });
  }

  private gauge(name: string, help: string, value: () => number): void {
    const collect = function (this: Gauge): void {
      this.set(value());
    };
    new Gauge({ name: prefix + name, help, registers: [this.registry], collect });
  }

  private dialogs(sources: MetricSources): void {
    const collect = function (this: Gauge): void {
      for (const state of ['early', 'confirmed', 'ended']) this.labels(state).set(0);
      for (const { state } of sources.dialogs.all()) this.labels(state).inc();
    };
    const labelNames = ['state'];
    new Gauge({ name: `${prefix}dialogs`, help: 'Dialogs', labelNames, registers: [this.registry], collect });
  }

  private transactions(sources: MetricSources): void {
    const collect = function (this: Gauge): void {
      for (const [side, count] of Object.entries(sources.transactions.counts)) this.labels(side).set(count);
    };
    const labelNames = ['side'];
    new Gauge({ name: `${prefix}transactions`, help: 'Transactions', labelNames, registers: [this.registry], collect });
  }
}
