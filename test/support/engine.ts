import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { stringify } from 'yaml';
import type { CallView } from '../../contracts/call';
import type { CallRecord } from '../../contracts/call-record';
import { callRecordSchema } from '../../contracts/call-record';
import { runningQuery } from '../../contracts/list-query';
import type { EngineOptions } from './engine-config';
import { engineConfig } from './engine-config';
import { EngineProcess } from './engine-process';
import { freePort } from './free-port';
import { WAIT_LIMIT_MS } from './limits';

const DIST = path.join(__dirname, '../../dist');
const SECRET = 'test-secret';

export type { EngineOptions };

/** A worker process of the engine under test. */
export interface WorkerProcess {
  /** SIGKILL, and the end of the process. */
  kill(): Promise<void>;
  /** SIGSTOP: the process hangs with its connections open. */
  hang(): void;
  /** SIGHUP: it takes its configuration anew. */
  hangUp(): void;
  log: () => string;
  /** Resolves when its log has this. */
  logs(line: RegExp | string): Promise<void>;
  /** Address of its own API. */
  apiUrl: string;
  configFile: string;
  process: EngineProcess;
}

/** The whole engine as processes of its own: SIP server and workers; the Temporal server is that of the test run. */
export class Engine {
  static async start(options: EngineOptions): Promise<Engine> {
    const folder = await mkdtemp(path.join(tmpdir(), 'durable-calls-test-'));
    const [sipPort, adminPort, apiPort] = [await freePort(), await freePort(), await freePort()];
    const engine = new Engine(folder, sipPort, adminPort, apiPort, await freePort(), options);
    try {
      await engine.startSipServer();
      engine.worker = await engine.startWorker();
    } catch (err) {
      await engine.stop();
      throw err;
    }
    return engine;
  }

  /** The worker that `start` started. */
  worker!: WorkerProcess;
  sipServer!: EngineProcess;
  readonly #processes: EngineProcess[] = [];
  #connection: Connection | undefined;
  #workers = 0;
  #apiHolder: EngineProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly sipPort: number,
    private readonly adminPort: number,
    readonly apiPort: number,
    private readonly controlPort: number,
    private readonly options: EngineOptions
  ) {}

  /** Name of the SIP node, of this engine alone: its task queue is its own. */
  get node(): string {
    return path
      .basename(this.folder)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .slice(-20);
  }

  /**
   * Starts one more worker of the node. The API at `apiPort` is its own when no other worker has it.
   * @param script of another build
   */
  async startWorker(script = this.options.builds?.worker ?? path.join(DIST, 'worker/main.js')): Promise<WorkerProcess> {
    const config = path.join(this.folder, `worker-${this.#workers++}.yaml`);
    const holdsApi = this.#apiHolder?.isGone ?? true;
    const port = holdsApi ? this.apiPort : await freePort();
    const { node, adminPort, controlPort } = this;
    const ports = {
      admin: this.options.wayToSipServer?.(adminPort) ?? adminPort,
      control: controlPort,
      api: port,
      publicApi: this.apiPort,
    };
    await writeFile(config, stringify(engineConfig(node, this.folder, ports, this.options)));
    const process = this.#spawn(script, ['--config', config]);
    if (holdsApi) this.#apiHolder = process;
    await process.ready(/worker ready/);
    return {
      process,
      kill: () => process.kill(),
      hang: () => process.hang(),
      hangUp: () => process.hangUp(),
      log: () => process.output,
      logs: (line) => process.ready(line),
      apiUrl: `http://127.0.0.1:${port}`,
      configFile: config,
    };
  }

  /** SIGKILL to the SIP server, and another one on its store, or on an empty one. */
  async replaceSipServer({ losesStore = false } = {}): Promise<void> {
    await this.killSipServer();
    if (losesStore) await rm(this.#fileOf('sip-server'), { recursive: true });
    await this.startSipServer();
  }

  async killSipServer(): Promise<void> {
    await this.sipServer.kill();
  }

  async startSipServer(): Promise<void> {
    const listen = ['udp', 'tcp'].map((protocol) => `${protocol}:127.0.0.1:${this.sipPort}`).join(',');
    const ports = ['--listen', listen, '--admin', `127.0.0.1:${this.adminPort}`];
    const control = [
      '--control',
      `127.0.0.1:${this.controlPort}`,
      '--control-token-file',
      this.#fileOf('control-token'),
    ];
    const store = ['--store', this.#fileOf('sip-server')];
    const script = this.options.builds?.sipServer ?? path.join(DIST, 'sip-server/main.js');
    this.sipServer = this.#spawn(script, [...ports, ...control, ...store, ...(this.options.sipServerArgs ?? [])]);
    await this.sipServer.ready(/sip-server listening/);
  }

  /** What the SIP server's control port says. */
  async control(pathname: string): Promise<Response> {
    const token = await readFile(this.#fileOf('control-token'), 'utf8');
    const headers = { authorization: `Bearer ${token.trim()}` };
    return fetch(`http://127.0.0.1:${this.controlPort}${pathname}`, { headers });
  }

  /** What all of its processes printed, one after the other. */
  get output(): string {
    return this.#processes.map(({ output }) => output).join('\n');
  }

  /** The environment of the engine's processes, with its secrets. */
  get environment(): NodeJS.ProcessEnv {
    const { temporal = process.env['TEMPORAL_ADDRESS'], env = {} } = this.options;
    return { ...process.env, DRACHTIO_SECRET: SECRET, TEMPORAL_ADDRESS: temporal, ...env };
  }

  /** Client of its Temporal server. */
  async client(): Promise<Client> {
    this.#connection ??= await Connection.connect({
      address: this.environment['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233',
    });
    return new Client({ connection: this.#connection });
  }

  api(pathname: string, init?: RequestInit): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.apiPort}${pathname}`, init);
  }

  async post(callId: string, payload: unknown): Promise<{ status: number; body: unknown }> {
    const response = await this.api(`/v1/calls/${callId}/activities`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    });
    return { status: response.status, body: await response.json() };
  }

  async view(callId: string): Promise<CallView> {
    return (await (await this.api(`/v1/calls/${callId}`)).json()) as CallView;
  }

  /** The records written so far. */
  async records(): Promise<CallRecord[]> {
    const folder = path.join(this.folder, 'records');
    const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
    return Promise.all(
      files.map(async (name) => callRecordSchema.parse(JSON.parse(await readFile(path.join(folder, name), 'utf8'))))
    );
  }

  /** Ids of this node's workflows that have not ended, once those that are ending had their time. */
  async openWorkflows(): Promise<string[]> {
    const client = await this.client();
    const query = runningQuery({ node: this.node });
    for (const deadline = Date.now() + WAIT_LIMIT_MS; ;) {
      const open: string[] = [];
      for await (const { workflowId } of client.workflow.list({ query })) open.push(workflowId);
      if (open.length === 0 || Date.now() > deadline) return open;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** The record of a call, once it is written. */
  async recordOf(callId: string, withinMs = WAIT_LIMIT_MS): Promise<CallRecord> {
    for (const deadline = Date.now() + withinMs; ;) {
      const found = (await this.records()).filter((record) => record.callId === callId);
      if (found.length > 1) throw new Error(`${found.length} records of ${callId}`);
      if (found[0]) return found[0];
      if (Date.now() > deadline) throw new Error(`no record of ${callId}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.kill()));
    await this.#connection?.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  #fileOf(name: string): string {
    return path.join(this.folder, name);
  }

  #spawn(script: string, args: string[]): EngineProcess {
    const process = new EngineProcess(script, args, this.environment);
    this.#processes.push(process);
    return process;
  }
}
