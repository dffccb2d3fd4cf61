import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { stringify } from 'yaml';
import type { CallView } from '../../contracts/call';
import type { CallRecord } from '../../contracts/call-record';
import { callRecordSchema } from '../../contracts/call-record';
import { nodeTaskQueue } from '../../contracts/ids';
import { EngineProcess } from './engine-process';
import { freePort } from './free-port';

const DIST = path.join(__dirname, '../../dist');
const SECRET = 'test-secret';
const RECORD_LIMIT_MS = 15_000;

export interface EngineOptions {
  /** `sip:` URI of the bot's leg; absent: a bot without one. */
  bot?: string;
  webhook?: string;
  /** Address of a Temporal server of its own; default: that of the test run. */
  temporal?: string;
  trunk?: Record<string, unknown>;
  channel?: Record<string, unknown>;
  /** More trunks with their channels. */
  more?: { trunks: Record<string, unknown>[]; channels: Record<string, unknown>[] };
  /** Settings of the API. */
  api?: Record<string, unknown>;
  /** Where records are pushed to. */
  push?: { url: string };
  /** More of the workers' environment. */
  env?: Record<string, string>;
  /** Other builds of the processes: paths of scripts that take the same arguments. */
  builds?: { worker?: string; sipServer?: string };
}

/** A worker process of the engine under test. */
export interface WorkerProcess {
  /** SIGKILL, and the end of the process. */
  kill(): Promise<void>;
  /** SIGSTOP: the process hangs with its connections open. */
  hang(): void;
  log: () => string;
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
    const engine = new Engine(folder, sipPort, adminPort, apiPort, options);
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

  /** Starts one more worker of the node. The API at `apiPort` is its own when no other worker has it. */
  async startWorker(): Promise<WorkerProcess> {
    const config = path.join(this.folder, `worker-${this.#workers++}.yaml`);
    const holdsApi = this.#apiHolder?.isGone ?? true;
    const port = holdsApi ? this.apiPort : await freePort();
    await writeFile(config, stringify(this.#config(port)));
    const process = this.#spawn(this.options.builds?.worker ?? path.join(DIST, 'worker/main.js'), ['--config', config]);
    if (holdsApi) this.#apiHolder = process;
    await process.ready(/worker ready/);
    return {
      process,
      kill: () => process.kill(),
      hang: () => process.hang(),
      log: () => process.output,
      apiUrl: `http://127.0.0.1:${port}`,
      configFile: config,
    };
  }

  /** SIGKILL to the SIP server, and another one on its store. */
  async replaceSipServer(): Promise<void> {
    await this.killSipServer();
    await this.startSipServer();
  }

  async killSipServer(): Promise<void> {
    await this.sipServer.kill();
  }

  async startSipServer(): Promise<void> {
    const listen = ['udp', 'tcp'].map((protocol) => `${protocol}:127.0.0.1:${this.sipPort}`).join(',');
    const ports = ['--listen', listen, '--admin', `127.0.0.1:${this.adminPort}`, '--control', '127.0.0.1:0'];
    const store = ['--store', path.join(this.folder, 'sip-server')];
    const script = this.options.builds?.sipServer ?? path.join(DIST, 'sip-server/main.js');
    this.sipServer = this.#spawn(script, [...ports, ...store]);
    await this.sipServer.ready(/sip-server listening/);
  }

  /** What the SIP server's control port says. */
  async control(pathname: string): Promise<Response> {
    const { port, token } = this.#controlPort();
    const authorization = `Bearer ${await readFile(token, 'utf8')}`;
    return fetch(`http://127.0.0.1:${port}${pathname}`, { headers: { authorization: authorization.trim() } });
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
    const query = `TaskQueue = '${nodeTaskQueue(this.node)}' AND ExecutionStatus = 'Running'`;
    for (const deadline = Date.now() + RECORD_LIMIT_MS; ;) {
      const open: string[] = [];
      for await (const { workflowId } of client.workflow.list({ query })) open.push(workflowId);
      if (open.length === 0 || Date.now() > deadline) return open;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** The record of a call, once it is written. */
  async recordOf(callId: string, withinMs = RECORD_LIMIT_MS): Promise<CallRecord> {
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

  #config(apiPort: number): object {
    const { bot, webhook, trunk = {}, channel = {}, more, api = {}, push } = this.options;
    return {
      node: this.node,
      sipServer: { host: '127.0.0.1', port: this.adminPort },
      api: { host: '127.0.0.1', port: apiPort, publicUrl: `http://127.0.0.1:${this.apiPort}`, ...api },
      records: { folder: path.join(this.folder, 'records'), ...(push ? { push } : {}) },
      trunks: [
        { id: 'trunk', login: '1000', sources: ['127.0.0.1'], host: '127.0.0.1:5090', ...trunk },
        ...(more?.trunks ?? []),
      ],
      channels: [
        {
          botId: 'bot',
          trunk: 'trunk',
          ...(bot === undefined ? {} : { leg: bot }),
          ...(webhook === undefined ? {} : { webhook }),
          ...channel,
        },
        ...(more?.channels ?? []),
      ],
    };
  }

  #controlPort(): { port: string; token: string } {
    const [, port = '', token = ''] =
      /control port http:\/\/127\.0\.0\.1:(\d+) \(token in ([^)]+)\)/.exec(this.sipServer.output) ?? [];
    return { port, token };
  }

  #spawn(script: string, args: string[]): EngineProcess {
    const process = new EngineProcess(script, args, this.environment);
    this.#processes.push(process);
    return process;
  }
}
