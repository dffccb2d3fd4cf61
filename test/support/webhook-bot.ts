import type { AddressInfo } from 'node:net';
import http from 'node:http';
import type { BotEvent, BotEventsBody } from '../../contracts/bot-events';
import { WAIT_LIMIT_MS } from './limits';

/** A bot's webhook: takes events and hands them to the test, in order per call, each once: an event that comes again has the same id. */
export class WebhookBot {
  static async open(): Promise<WebhookBot> {
    const bot = new WebhookBot();
    await new Promise<void>((resolve) => bot.#server.listen(0, '127.0.0.1', resolve));
    return bot;
  }

  /** Every body that came. */
  readonly bodies: BotEventsBody[] = [];
  readonly #seen = new Set<string>();
  readonly #unread: { callId: string; event: BotEvent }[] = [];
  readonly #server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const answer = (): void => {
        const body = JSON.parse(text) as BotEventsBody;
        this.bodies.push(body);
        for (const event of body.activities) this.#take(body.conversation, event);
        response.end('{}');
      };
      if (this.#stopped) this.#stopped.push(answer);
      else answer();
    });
  });
  #stopped: (() => void)[] | undefined;

  /** As SIGSTOP does to a process: what comes piles up until `goOn`. */
  hang(): void {
    this.#stopped ??= [];
  }

  goOn(): void {
    const answers = this.#stopped ?? [];
    this.#stopped = undefined;
    for (const answer of answers) answer();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/events`;
  }

  /** The call of the next event of this name, whichever call it is. */
  async conversation(name: BotEvent['name']): Promise<string> {
    for (const deadline = Date.now() + WAIT_LIMIT_MS; ;) {
      const found = this.#unread.find((entry) => entry.event.name === name);
      if (found) return found.callId;
      if (Date.now() > deadline) throw new Error(`no ${name}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The next event of this name in this call. */
  async expect(callId: string, name: BotEvent['name'], withinMs = WAIT_LIMIT_MS): Promise<BotEvent> {
    for (const deadline = Date.now() + withinMs; ;) {
      const at = this.#unread.findIndex((entry) => entry.callId === callId && entry.event.name === name);
      const [found] = at < 0 ? [] : this.#unread.splice(at, 1);
      if (found) return found.event;
      if (Date.now() > deadline)
        throw new Error(
          `no ${name} of ${callId}; came: ${JSON.stringify(this.bodies.filter(({ conversation }) => conversation === callId))}`
        );
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** How many different events of this name came in this call. */
  count(callId: string, name: BotEvent['name']): number {
    const bodies = this.bodies.filter(({ conversation }) => conversation === callId);
    const ids = bodies.flatMap(({ activities }) =>
      activities.filter((event) => event.name === name).map(({ id }) => id)
    );
    return new Set(ids).size;
  }

  #take(callId: string, event: BotEvent): void {
    if (this.#seen.has(event.id)) return;
    this.#seen.add(event.id);
    this.#unread.push({ callId, event });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
