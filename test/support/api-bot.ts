import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { BotEvent } from '../../contracts/bot-events';
import { eventually } from './eventually';

const TOKEN = 'token-of-the-bot';

/** What a bot knows of a conversation. */
export interface BotConversation {
  id: string;
  creations: { id: string; bot: string; capabilities?: string[] }[];
  /** Each activity once, as bots know a repeat by its id. */
  heard: BotEvent[];
  /** Bodies of POSTs with activities, repeats among them. */
  posts: number;
  refreshes: number;
  disconnected: { reason: string; reasonCode: string }[];
  /** WebSockets that were opened, and those that are open. */
  opened: number;
  sockets: Set<WebSocket>;
}

export interface ApiBotOptions {
  expiresSeconds?: number;
  /** What it answers, or pushes where it has a WebSocket; to a repeated event the same again. */
  answer?: (event: BotEvent) => unknown[];
  isPushing?: boolean;
  /** Takes a request over. @returns true when it has */
  intercept?: (what: string, response: ServerResponse, request: IncomingMessage) => boolean;
}

/** A bot behind the AudioCodes Bot API in chat mode, on loopback. Its URLs are relative. */
export class ApiBot {
  static async open(options: ApiBotOptions = {}): Promise<ApiBot> {
    const bot = new ApiBot(options);
    await new Promise<void>((resolve) => bot.#server.listen(0, '127.0.0.1', resolve));
    return bot;
  }

  static readonly token = TOKEN;
  readonly conversations: BotConversation[] = [];
  /** Requests without the right token. */
  strangers = 0;
  readonly #upgrades = new WebSocketServer({ noServer: true });
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  private constructor(public options: ApiBotOptions) {
    this.#server.on('upgrade', (request, socket, head) => {
      const id = /^\/bots\/conversation\/(\w+)\/websocket$/.exec(request.url ?? '')?.[1];
      const conversation = this.conversations.find((each) => each.id === id);
      if (!conversation || !isAllowed(request)) {
        socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
        return;
      }
      this.#upgrades.handleUpgrade(request, socket, head, (webSocket) => {
        conversation.opened++;
        conversation.sockets.add(webSocket);
        webSocket.on('close', () => conversation.sockets.delete(webSocket));
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/bots/greeter`;
  }

  /** The conversation of the next call. */
  async next(): Promise<BotConversation> {
    const known = this.#handedOut;
    await eventually(() => this.conversations.length > known, 'a conversation');
    this.#handedOut++;
    return this.conversations[known]!;
  }
  #handedOut = 0;

  /** Says something by itself, once it can be heard. */
  async push(conversation: BotConversation, frame: object): Promise<void> {
    const isHeard = (): boolean => [...conversation.sockets].some(({ readyState }) => readyState === WebSocket.OPEN);
    await eventually(isHeard, 'an open WebSocket');
    this.#say(conversation, frame);
  }

  #say({ sockets }: BotConversation, frame: object): void {
    for (const socket of sockets) socket.send(JSON.stringify(frame));
  }

  async close(): Promise<void> {
    for (const { sockets } of this.conversations) for (const socket of sockets) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , what = 'validate', id, step] = (request.url ?? '').split('/');
    const body = await bodyOf(request);
    const name = step ?? (request.method === 'GET' ? 'validate' : 'create');
    if (this.options.intercept?.(name, response, request) === true) return;
    if (!isAllowed(request)) {
      this.strangers++;
      send(response, 401, {});
    } else if (name === 'validate') send(response, 200, { type: 'ac-bot-api', success: true });
    else if (name === 'create') send(response, 200, this.#create(body));
    else {
      const conversation = this.conversations.find((each) => each.id === id);
      if (!conversation || conversation.disconnected.length > 0) send(response, 404, { what });
      else send(response, 200, this.#step(name, conversation, body));
    }
  }

  #create(body: Record<string, unknown>): object {
    const id = String(body['conversation']);
    const known = this.conversations.find((each) => each.id === id);
    const conversation = known ?? {
      ...{ id, creations: [], heard: [], posts: 0, refreshes: 0, disconnected: [], opened: 0 },
      sockets: new Set<WebSocket>(),
    };
    conversation.creations.push(body as unknown as BotConversation['creations'][number]);
    if (!known) this.conversations.push(conversation);
    const root = `conversation/${id}`;
    return {
      activitiesURL: `${root}/activities`,
      refreshURL: `/bots/${root}/refresh`,
      disconnectURL: `${root}/disconnect`,
      ...(this.options.isPushing === true ? { websocketURL: `${root}/websocket` } : {}),
      expiresSeconds: this.options.expiresSeconds ?? 60,
    };
  }

  #step(name: string, conversation: BotConversation, body: Record<string, unknown>): object {
    if (name === 'refresh') conversation.refreshes++;
    if (name === 'disconnect')
      conversation.disconnected.push(body as unknown as { reason: string; reasonCode: string });
    return name === 'activities' ? this.#hear(conversation, body['activities'] as BotEvent[]) : {};
  }

  #hear(conversation: BotConversation, events: BotEvent[]): object {
    conversation.posts++;
    conversation.heard.push(...events.filter(({ id }) => conversation.heard.every((known) => known.id !== id)));
    const activities = events.flatMap((event) => this.options.answer?.(event) ?? []);
    if (activities.length === 0) return {};
    if (this.options.isPushing !== true) return { activities };
    this.#say(conversation, { conversation: conversation.id, activities });
    return {};
  }
}

function isAllowed({ headers }: IncomingMessage): boolean {
  return headers.authorization === `Bearer ${TOKEN}`;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
