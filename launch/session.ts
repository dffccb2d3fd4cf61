import type { Client } from '@temporalio/client';
import { rmSync } from 'node:fs';
import { DataFolder } from './data-folder';
import { DemoPeers } from './demo/peers';
import type { DemoPlan } from './demo/plan';
import { demoPlan } from './demo/plan';
import { examplesPlan, writePlan } from './examples/plan';
import type { SystemOptions, SystemPorts } from './options';
import { choosePorts, HOST } from './options';
import type { PortUse } from './ports';
import { requireFreePorts } from './ports';
import { System } from './system';
import { writeDemoConfig } from './worker-config';

export interface SessionOptions extends SystemOptions {
  /** Configuration of the worker; absent: the demonstration's. */
  config?: string | undefined;
  /** Open the demonstration's peers. */
  withPeers: boolean;
}

/** What `npm start` and `npm run demo` have running: the system, and the demonstration's peers in this process. */
export class Session {
  private stopped: Promise<void> | undefined;
  private openPeers: DemoPeers | undefined;

  private constructor(
    readonly ports: SystemPorts,
    readonly plan: DemoPlan,
    readonly data: DataFolder,
    private readonly system: System,
    private readonly withPeers: boolean
  ) {}

  /** Checks ports and data folder; starts nothing yet. */
  static async prepare(options: SessionOptions, say: (text: string) => void): Promise<Session> {
    const temporalCli = process.env.DURABLE_CALLS_TEMPORAL_CLI;
    const ports = await choosePorts(options);
    const data = await DataFolder.claim(options.data, say);
    await requireFreePorts(HOST, portUses(ports, options.withPeers, temporalCli !== undefined));
    const plan = demoPlan(HOST, ports.sip, ports.demo, options.targetAnswers, options.method);
    const { examples } = ports;
    rmSync(data.examplesFile, { force: true });
    if (options.config === undefined) {
      writeDemoConfig(data.configFile, plan, { recordsFolder: data.records, examples });
      writePlan(data.examplesFile, examplesPlan(plan, examples));
    }
    const configFile = options.config ?? data.configFile;
    const system = new System({ ports, data, configFile, say, ...(temporalCli !== undefined && { temporalCli }) });
    return new Session(ports, plan, data, system, options.withPeers);
  }

  async start(): Promise<{ client: Client; peers: DemoPeers | undefined }> {
    if (this.withPeers) this.openPeers = await DemoPeers.open(this.plan);
    return { client: await this.system.start(), peers: this.openPeers };
  }

  /** Where to look at a workflow, at one run of it, or at all of them. */
  uiUrl(client: Client, workflowId?: string, runId?: string): string | undefined {
    return this.system.uiUrl(client.options.namespace, workflowId, runId);
  }

  get isStopping(): boolean {
    return this.stopped !== undefined;
  }

  /** Peers first, so that their calls end properly; then the system. Called again, it waits for the same stop. */
  stop(): Promise<void> {
    this.stopped ??= this.stopInOrder();
    return this.stopped;
  }

  private async stopInOrder(): Promise<void> {
    await this.openPeers?.close(PEERS_GRACE_MS);
    await this.system.stop();
    this.data.release();
  }
}

const PEERS_GRACE_MS = 2_000;

function portUses(ports: SystemPorts, withPeers: boolean, embedsTemporal: boolean): PortUse[] {
  const uses: PortUse[] = [
    { purpose: 'SIP', option: '--sip-port', port: ports.sip, transports: ['udp', 'tcp'] },
    { purpose: 'SIP server, for its applications', option: '--admin-port', port: ports.admin, transports: ['tcp'] },
    { purpose: 'SIP server, for operators', option: '--control-port', port: ports.control, transports: ['tcp'] },
    { purpose: 'HTTP API', option: '--api-port', port: ports.api, transports: ['tcp'] },
  ];
  if (embedsTemporal)
    uses.push(
      { purpose: 'Temporal', option: '--temporal-port', port: ports.temporal, transports: ['tcp'] },
      { purpose: 'Temporal web UI', option: '--ui-port', port: ports.ui, transports: ['tcp'] }
    );
  if (withPeers)
    for (const [peer, port] of Object.entries(ports.demo) as [string, number][])
      uses.push({
        purpose: `${peer} of the demonstration`,
        option: '--demo-port-base',
        port,
        transports: peer === 'webhook' ? ['tcp'] : ['udp'],
      });
  return uses;
}
