import { once } from 'node:events';
import http from 'node:http';
import type { BotEvent, BotEventsBody } from '../../../contracts/bot-events';
import { freePort } from '../../support/free-port';

export interface PostedEvent {
  /** Milliseconds since the epoch. */
  at: number;
  callId: string;
  event: BotEvent;
}

/** A bot's webhook that can die and come back at its port, and that can leave an event unanswered. */
export class BotWebhook {
  static async open(): Promise<BotWebhook> {
    const webhook = new BotWebhook(await freePort());
    await webhook.rise();
    return webhook;
  }

  /** Every event of every POST, repeated ones included. */
  readonly events: PostedEvent[] = [];
  readonly #heldBack = new Map<string, Promise<void>>();
  #server: http.Server | undefined;

  private constructor(private readonly port: number) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}/events`;
  }

  /** Leaves POSTs with such an event unanswered until `release`. */
  holdBack(callId: string, name: BotEvent['name'], release: Promise<void>): void {
    this.#heldBack.set(`${callId} ${name}`, release);
  }

  async rise(): Promise<void> {
    this.#server = http.createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => void this.#take(JSON.parse(text) as BotEventsBody).then(() => response.end('{}')));
    });
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async die(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  async #take({ conversation: callId, activities }: BotEventsBody): Promise<void> {
    const at = Date.now();
    this.events.push(...activities.map((event) => ({ at, callId, event })));
    for (const { name } of activities) await this.#heldBack.get(`${callId} ${name}`);
  }
}
