import path from 'node:path';
import type { CallView } from '../../contracts/call';
import type { WorkerProcess } from '../support/engine';
import { Engine } from '../support/engine';
import { MortalTemporal } from '../support/mortal-temporal';
import { RecordReceiver } from '../support/record-receiver';
import { PausePoints } from './pause-points';
import { Bot } from './peers/bot';
import type { Method } from './transfers';

/** The grace of every transfer, in ms: long enough to kill somebody within it and see the rest. */
export const GRACE_MS = 3_000;

/** What callers dial for a transfer of that method. */
export const NUMBERS: Record<Method, string> = { REFER: '1000', INVITE: '1001' };

/** Younger legs and calls are left alone by reconciliation, in seconds: more than a call needs to come to Temporal on a busy machine. */
const RECONCILIATION_GRACE_S = 5;

/** How long the SIP server waits for a worker, in ms: on a busy machine one needs longer than the usual 10 s to start. */
const OWNER_GRACE_MS = 30_000;

const API_TRY_MS = 5_000;
const PATIENCE_MS = 60_000;

export interface WorldOptions {
  /** Scripts in the place of the product's; a worker among processes/ can be stopped. */
  builds?: { worker?: string; sipServer?: string };
  /** A call is given up as soon as something has come too often in it. */
  breaksOff?: boolean;
  /** How long a peer waits for anything, deaths and restarts included, in ms; default 60,000. */
  patienceMs?: number;
}

const PAUSING_WORKER = path.join(__dirname, 'processes/pausing-worker.js');

/** Everything that a call needs, each process to be killed alone: Temporal on a file of its own, SIP server, worker, bot. */
export class World {
  static async start({ builds = {}, ...manner }: WorldOptions = {}): Promise<World> {
    const temporal = await MortalTemporal.start();
    const bot = await Bot.open();
    const records = await RecordReceiver.open();
    const engine = await Engine.start(engineOptions({ bot, temporal: temporal.address, records, builds }));
    return new World(temporal, bot, records, engine, manner);
  }

  worker: WorkerProcess;
  pauses: PausePoints;

  private constructor(
    readonly temporal: MortalTemporal,
    readonly bot: Bot,
    readonly records: RecordReceiver,
    readonly engine: Engine,
    private readonly manner: Pick<WorldOptions, 'breaksOff' | 'patienceMs'>
  ) {
    this.worker = engine.worker;
    this.pauses = new PausePoints(this.worker.process);
  }

  get patienceMs(): number {
    return this.manner.patienceMs ?? PATIENCE_MS;
  }

  get breaksOff(): boolean {
    return this.manner.breaksOff === true;
  }

  /** From now on calls are carried by this worker. */
  take(worker: WorkerProcess): void {
    this.worker = worker;
    this.pauses = new PausePoints(worker.process);
  }

  /** A bot's request, until the API takes it. @throws Error when it is refused */
  async post(callId: string, activity: object): Promise<void> {
    const body = JSON.stringify(activity);
    for (const deadline = Date.now() + this.patienceMs; Date.now() < deadline;) {
      const response = await this.#try(`/v1/calls/${callId}/activities`, body);
      if (response?.ok === true) return;
      if (response && response.status < 500)
        throw new Error(`the API says ${response.status} ${await response.text()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('the API did not take the bot’s request');
  }

  /** The last transfer of a call comes to that, as the API tells. */
  async comesTo(callId: string, status: string): Promise<void> {
    for (const deadline = Date.now() + this.patienceMs; Date.now() < deadline;) {
      const response = await fetch(`${this.worker.apiUrl}/v1/calls/${callId}`, {
        signal: AbortSignal.timeout(API_TRY_MS),
      }).catch(() => undefined);
      const view = response?.ok === true ? ((await response.json()) as CallView) : undefined;
      if (view?.transfers.at(-1)?.outcome?.status === status) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`never: transfer ${status}`);
  }

  async close(): Promise<void> {
    await this.engine.stop();
    await this.bot.close();
    await this.records.close();
    await this.temporal.close();
  }

  async #try(pathname: string, body: string): Promise<Response | undefined> {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(API_TRY_MS);
    return fetch(this.worker.apiUrl + pathname, { method: 'POST', headers, body, signal }).catch(() => undefined);
  }
}

function engineOptions({
  bot,
  temporal,
  records,
  builds,
}: {
  bot: Bot;
  temporal: string;
  records: RecordReceiver;
  builds: NonNullable<WorldOptions['builds']>;
}): Parameters<typeof Engine.start>[0] {
  const trunk = (method: Method): Record<string, unknown> => ({
    id: method.toLowerCase(),
    login: NUMBERS[method],
    sources: ['127.0.0.1'],
    transferMethod: method.toLowerCase(),
    allowTargets: ['^sip:[^@]+@127\\.0\\.0\\.1(:\\d+)?$'],
    ringTimeoutMs: 90_000,
    // The caller's side hangs up by itself.
    transferTimers: { callerByeMs: 10_000 },
  });
  return {
    bot: bot.uri,
    webhook: bot.webhookUrl,
    temporal,
    push: { url: records.url },
    trunk: trunk('REFER'),
    channel: { trunk: 'refer' },
    more: {
      trunks: [trunk('INVITE')],
      channels: [{ botId: 'bot-invite', trunk: 'invite', leg: bot.uri, webhook: bot.webhookUrl }],
    },
    reconciliation: { graceS: RECONCILIATION_GRACE_S },
    sipServerArgs: ['--owner-grace-ms', String(OWNER_GRACE_MS)],
    builds: { worker: PAUSING_WORKER, ...builds },
  };
}
