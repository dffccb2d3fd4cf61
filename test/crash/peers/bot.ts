import { header, SipPeer } from '../../support/sip-peer';
import type { LogEntry } from '../../support/sip-peer';
import { requests } from '../sip-log';
import { BotWebhook } from './bot-webhook';
import { Endpoint } from './endpoint';

/** The bot of all calls of an engine: a SIP phone and a webhook. It can die, and come back knowing no call. */
export class Bot {
  static async open(): Promise<Bot> {
    const webhook = await BotWebhook.open();
    const peer = await SipPeer.open();
    return new Bot(webhook, new Endpoint(peer), peer.uri('bot'));
  }

  readonly #past: LogEntry[] = [];

  private constructor(
    readonly webhook: BotWebhook,
    public phone: Endpoint,
    readonly uri: string
  ) {}

  /** What the phone sent and got, before its deaths as well. */
  get log(): LogEntry[] {
    return [...this.#past, ...this.phone.peer.log];
  }

  async die(): Promise<void> {
    const { peer } = this.phone;
    await Promise.all([this.phone.close(), this.webhook.die()]);
    this.#past.push(...peer.log);
  }

  /** A new bot at the same ports. */
  async rise(): Promise<void> {
    await this.webhook.rise();
    const [, port] = /:(\d+)$/.exec(this.uri) ?? [];
    this.phone = new Endpoint(await SipPeer.open('udp', Number(port)));
    const known = new Set(
      this.#past.filter(({ message }) => message.method === 'INVITE').map(({ message }) => header(message, 'Call-ID'))
    );
    const { peer } = this.phone;
    peer.whenever(
      (message) => message.method !== undefined && message.method !== 'ACK' && known.has(header(message, 'Call-ID')),
      (request) => peer.respond(request, 481)
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.phone.close(), this.webhook.die()]);
  }

  /** The first request of a method in the bot's dialog of a call. */
  request(method: string, sipCallId: string): LogEntry | undefined {
    return requests(this.log, method).find(({ message }) => header(message, 'Call-ID') === sipCallId);
  }

  /** The INVITEs because of a caller. */
  invitesOf(caller: string): LogEntry[] {
    return requests(this.log, 'INVITE').filter(({ message }) =>
      (header(message, 'From') ?? '').includes(`sip:${caller}@`)
    );
  }
}
