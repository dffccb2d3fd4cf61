import path from 'node:path';
import { EngineProcess } from '../../support/engine-process';
import { freePort } from '../../support/free-port';
import type { LogEntry } from '../../support/sip-peer';
import { header } from '../../support/sip-peer';
import type { BotOrder, BotWord, Held, PostedEvent } from '../bot/messages';
import { Wire } from '../bot/wire';
import { firstInvites } from '../sip-log';

const SCRIPT = path.join(__dirname, '../processes/bot.js');
const READY = /SIP phone at port (\d+)/;

/** The bot of all calls of an engine: a process with a SIP phone and a webhook, which can be killed. What it saw outlives it. */
export class Bot {
  static async open(): Promise<Bot> {
    const bot = new Bot(await Wire.open(), await freePort());
    await bot.rise();
    return bot;
  }

  /** Every event of every POST, repeated ones included. */
  readonly events: PostedEvent[] = [];
  /** How often it has died. */
  deaths = 0;
  #process!: EngineProcess;
  #onHolding = new Map<string, () => void>();

  private constructor(
    private readonly wire: Wire,
    private readonly webhookPort: number
  ) {}

  get uri(): string {
    return `sip:bot@127.0.0.1:${this.wire.port}`;
  }

  get webhookUrl(): string {
    return `http://127.0.0.1:${this.webhookPort}/events`;
  }

  /** What was on the wire between the engine and its phone. */
  get log(): readonly LogEntry[] {
    return this.wire.log;
  }

  /** SIGKILL. */
  async die(): Promise<void> {
    this.deaths++;
    this.wire.botPort = undefined;
    await this.#process.kill();
  }

  /** A new bot in the place of the one that has died. It knows no call. */
  async rise(): Promise<void> {
    const process = new EngineProcess(SCRIPT, [this.uri, String(this.webhookPort)], globalThis.process.env);
    this.#process = process;
    process.onMessage((said) => this.#hear(said as BotWord));
    await process.ready(READY);
    this.wire.botPort = Number(READY.exec(process.output)?.[1]);
  }

  /** Rises when it was left dead. */
  async revive(): Promise<void> {
    if (this.#process.isGone) await this.rise();
  }

  tell(order: BotOrder): void {
    this.#process.tell(order);
  }

  /** Resolves when the bot knows that it shall leave it unanswered. */
  async hold(caller: string, what: Held): Promise<void> {
    const holding = new Promise<void>((resolve) => this.#onHolding.set(caller, resolve));
    this.tell({ order: 'hold', caller, what });
    await holding;
  }

  async close(): Promise<void> {
    await this.#process.kill();
    await this.wire.close();
  }

  /** The INVITEs outside of a dialog because of a caller. */
  invitesOf(caller: string): LogEntry[] {
    return firstInvites(this.log).filter(({ message }) => (header(message, 'From') ?? '').includes(`sip:${caller}@`));
  }

  /** The first 180 to one of them. */
  ringingOf(caller: string): LogEntry | undefined {
    const callIds = new Set(this.invitesOf(caller).map(({ message }) => header(message, 'Call-ID')));
    return this.log.find(
      ({ direction, message }) =>
        direction === 'out' && message.status === 180 && callIds.has(header(message, 'Call-ID'))
    );
  }

  #hear(said: BotWord): void {
    if (said.word === 'event') this.events.push(said.posted);
    else this.#onHolding.get(said.caller)?.();
  }
}
