import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ConnectionOptions } from '@temporalio/client';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { searchAttributeTypes } from '../contracts/search-attributes';
import type { DataFolder } from './data-folder';
import { ensureSearchAttributes } from './external-temporal';
import { LaunchError } from './launch-error';
import { startNodeService } from './node-service';
import type { SystemPorts } from './options';
import { HOST } from './options';
import { overrulingEnvironment } from './own-config';
import type { RunningProcess } from './running-process';
import type { Supervisable, SupervisedOptions } from './supervised';
import { Supervised } from './supervised';
import type { TemporalServer } from './temporal-server';
import { startTemporalServer } from './temporal-server';

export interface SystemSettings {
  ports: SystemPorts;
  data: DataFolder;
  /** Configuration of the worker. */
  configFile: string;
  /** Path of the Temporal CLI that starts the embedded server; absent: the server of the TEMPORAL_* settings is used. */
  temporalCli?: string;
  say: (text: string) => void;
}

/** Folder of the compiled scripts. */
const DIST = resolve(__dirname, '..');
const STOP_GRACE_MS = 10_000;

/** Temporal server, SIP server and worker, each a process of its own that is started again when it dies. */
export class System {
  private readonly processes: Supervised[] = [];
  private readonly env: NodeJS.ProcessEnv;
  private connection: Connection | undefined;
  private stopped: Promise<void> | undefined;

  constructor(private readonly settings: SystemSettings) {
    this.env = serviceEnvironment(settings);
  }

  /** @returns a client of the Temporal server. When `stop` is called meanwhile, it rejects. */
  async start(): Promise<Client> {
    const { temporalCli, say } = this.settings;
    await Promise.all([
      temporalCli === undefined
        ? undefined
        : this.supervise('Temporal server', (signal) => this.startTemporal(temporalCli, signal)),
      this.supervise('SIP server', (signal) => this.startSipServer(signal)),
    ]);
    const { namespace = 'default', connectionOptions } = loadClientConnectConfig({
      overrideEnvVars: definedOnly(this.env),
    });
    this.connection = await connect(connectionOptions);
    if (temporalCli === undefined) {
      const added = await ensureSearchAttributes(this.connection, namespace, searchAttributeTypes);
      if (added.length > 0) say(`registered the search attributes ${added.join(', ')} in ${namespace}`);
    }
    await this.supervise('worker', (signal) => this.startWorker(signal));
    return new Client({ connection: this.connection, namespace });
  }

  /** Where to look at a workflow, at one run of it, or at all; absent with a Temporal server that is not ours. */
  uiUrl(namespace: string, workflowId?: string, runId?: string): string | undefined {
    if (this.settings.temporalCli === undefined) return undefined;
    const all = `http://${HOST}:${this.settings.ports.ui}/namespaces/${namespace}/workflows`;
    if (workflowId === undefined) return all;
    return runId === undefined ? `${all}/${workflowId}` : `${all}/${workflowId}/${runId}/user-metadata`;
  }

  /** Stops worker, SIP server, Temporal server, in this order. Called again, it waits for the same stop. */
  stop(): Promise<void> {
    this.stopped ??= this.stopInOrder();
    return this.stopped;
  }

  private async stopInOrder(): Promise<void> {
    await this.connection?.close();
    for (const name of ['worker', 'SIP server', 'Temporal server'])
      await this.processes.find((process) => process.name === name)?.stop(STOP_GRACE_MS);
  }

  private async supervise(name: string, start: SupervisedOptions['start']): Promise<void> {
    if (this.stopped) throw new Error('stopped');
    const { data, say } = this.settings;
    const startNoted = async (signal: AbortSignal): Promise<Supervisable> => {
      const started = await start(signal);
      data.noteService(started.pid);
      return started;
    };
    const supervised = new Supervised({ name, start: startNoted, say });
    this.processes.push(supervised);
    await supervised.start();
  }

  private async startTemporal(cliPath: string, signal: AbortSignal): Promise<TemporalServer> {
    const { ports, data } = this.settings;
    return startTemporalServer({
      cliPath,
      host: HOST,
      port: ports.temporal,
      uiPort: ports.ui,
      dbFilename: data.database,
      namespace: this.env.TEMPORAL_NAMESPACE ?? 'default',
      searchAttributes: searchAttributeTypes,
      logFile: data.logFile('temporal'),
      signal,
    });
  }

  private startSipServer(signal: AbortSignal): Promise<RunningProcess> {
    const { ports, data } = this.settings;
    const listen = `udp:${HOST}:${ports.sip},tcp:${HOST}:${ports.sip}`;
    const options = ['--listen', listen, '--admin', `${HOST}:${ports.admin}`, '--secret-file', data.secretFile];
    options.push('--control', `${HOST}:${ports.control}`, '--control-token-file', data.controlTokenFile);
    options.push('--store', data.sipStore);
    return this.startService('SIP server', ['sip-server/main.js', ...options], 'sip-server listening', signal);
  }

  private startWorker(signal: AbortSignal): Promise<RunningProcess> {
    return this.startService(
      'worker',
      ['worker/main.js', '--config', this.settings.configFile],
      'worker ready',
      signal
    );
  }

  private startService(name: string, args: string[], readyText: string, signal: AbortSignal): Promise<RunningProcess> {
    const [script = '', ...options] = args;
    return startNodeService({
      name,
      args: ['--enable-source-maps', join(DIST, script), ...options],
      env: this.env,
      logFile: this.settings.data.logFile(name.toLowerCase().replace(' ', '-')),
      readyText,
      // While everything stops, services miss each other: that is no news.
      say: (text) => {
        if (!this.stopped) this.settings.say(text);
      },
      signal,
    });
  }
}

/**
 * The environment of our services. Our ports go before those of a configuration file. With the embedded server only its own settings
 * remain, so that a profile for some other server cannot send TLS or an API key to it; the same file serves the Temporal CLI.
 */
function serviceEnvironment({ ports, data, temporalCli }: SystemSettings): NodeJS.ProcessEnv {
  const { DRACHTIO_SECRET: _, SIP_CONTROL_TOKEN: __, ...inherited } = process.env;
  const env = {
    ...inherited,
    DRACHTIO_SECRET_FILE: data.secretFile,
    DURABLE_CALLS_SIP_CONTROL_TOKEN_FILE: data.controlTokenFile,
    ...overrulingEnvironment(ports, data.records),
  };
  if (temporalCli === undefined) return env;
  const address = `${HOST}:${ports.temporal}`;
  const namespace = inherited.TEMPORAL_NAMESPACE ?? 'default';
  mkdirSync(resolve(data.temporalProfile, '..'), { recursive: true });
  writeFileSync(data.temporalProfile, `[profile.default]\naddress = "${address}"\nnamespace = "${namespace}"\n`);
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
  return {
    ...own,
    TEMPORAL_CONFIG_FILE: data.temporalProfile,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
}

async function connect(options: ConnectionOptions): Promise<Connection> {
  try {
    return await Connection.connect(options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LaunchError(
      `The Temporal server at ${options.address ?? 'its default address'} does not answer (${reason}). Check TEMPORAL_ADDRESS and your other Temporal settings.`
    );
  }
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
