import type { RawData } from 'ws';
import { WebSocket } from 'ws';
import type { BotEvent } from '../../contracts/bot-events';
import { eventually } from './eventually';

/** What comes over a WebSocket of the API. */
export interface HeardFrame extends Record<string, unknown> {
  type: string;
  conversation?: string;
  lastEventId?: number;
  body?: { activities: BotEvent[] };
}

/** A bot at a WebSocket of the API, which keeps what it hears. */
export class BotClient {
  /** @throws Error with the status when the upgrade is refused */
  static async open(url: string, token?: string): Promise<BotClient> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const client = new BotClient(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  readonly frames: HeardFrame[] = [];
  /** Once it is closed. */
  closed: { code: number; reason: string } | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: RawData) =>
      this.frames.push(JSON.parse((data as Buffer).toString('utf8')) as HeardFrame)
    );
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    socket.on('error', () => undefined);
  }

  send(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }

  async until(fits: (frame: HeardFrame) => boolean, what = 'a frame'): Promise<HeardFrame> {
    await eventually(() => this.frames.some(fits), `${what}; heard: ${JSON.stringify(this.frames)}`);
    return this.frames.find(fits)!;
  }

  /** The event of this name in a conversation. */
  event(conversation: string | undefined, name: BotEvent['name']): Promise<HeardFrame> {
    const isIt = (frame: HeardFrame): boolean =>
      (conversation === undefined || frame.conversation === conversation) &&
      frame.body?.activities.some((event) => event.name === name) === true;
    return this.until(isIt, `${name} of ${conversation}`);
  }

  /** Names of the events of a conversation, in order. */
  names(conversation: string): string[] {
    const bodies = this.frames.filter((frame) => frame.conversation === conversation).map(({ body }) => body);
    return bodies.flatMap((body) => body?.activities.map(({ name }) => name) ?? []);
  }

  /** The connection breaks. */
  break(): void {
    this.socket.terminate();
  }
}
