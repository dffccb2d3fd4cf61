import dgram from 'node:dgram';
import { once } from 'node:events';
import type { LogEntry } from '../../support/sip-peer';
import { parsePeerMessage } from '../../support/sip-peer-message';

/**
 * The wire between the engine and the bot's SIP phone, with a capture that outlives the bot. The engine knows the bot by the address of
 * this end; the bot may move behind it.
 */
export class Wire {
  static async open(): Promise<Wire> {
    const wire = new Wire();
    await Promise.all(
      [wire.#engineSide, wire.#botSide].map((socket) => once(socket.bind(0, '127.0.0.1'), 'listening'))
    );
    return wire;
  }

  /** As the bot sees it: what came to it, retransmissions and all, and what it sent. */
  readonly log: LogEntry[] = [];
  /** Where the bot's phone is; undefined: nobody is there. */
  botPort: number | undefined;
  readonly #engineSide = dgram.createSocket('udp4');
  readonly #botSide = dgram.createSocket('udp4');
  #enginePort = 0;

  private constructor() {
    this.#engineSide.on('message', (bytes, { port }) => {
      this.#enginePort = port;
      this.#keep('in', bytes, port);
      if (this.botPort !== undefined) this.#botSide.send(bytes, this.botPort, '127.0.0.1');
    });
    this.#botSide.on('message', (bytes) => {
      this.#keep('out', bytes, this.#enginePort);
      this.#engineSide.send(bytes, this.#enginePort, '127.0.0.1');
    });
  }

  /** Where the engine finds the bot. */
  get port(): number {
    return this.#engineSide.address().port;
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.#engineSide, this.#botSide].map((socket) => new Promise<void>((resolve) => socket.close(() => resolve())))
    );
  }

  #keep(direction: LogEntry['direction'], bytes: Buffer, port: number): void {
    const text = bytes.toString();
    this.log.push({ direction, at: Date.now(), message: parsePeerMessage(text), remote: { port }, text });
  }
}
