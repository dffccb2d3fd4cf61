import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { parseMessage } from '../../../sip-server/message/parse';
import { responseTo } from '../../../sip-server/message/respond';
import { serialize } from '../../../sip-server/message/serialize';
import type { SipMessage, SipRequest } from '../../../sip-server/message/message';
import type { ResponseParts } from '../../../sip-server/message/respond';

/** The first line of a message without its version: `INVITE sip:bob@h` or `486 Busy Here`. */
function title(message: SipMessage): string {
  return message.kind === 'request' ? message.method : String(message.status);
}

/** A UDP socket on loopback that does only what it is told. */
export class WirePeer {
  readonly received: SipMessage[] = [];
  private readonly waiting: (() => void)[] = [];
  private unread = 0;

  private constructor(private readonly socket: dgram.Socket) {
    socket.on('message', (bytes) => {
      this.received.push(parseMessage(bytes, 'datagram'));
      this.waiting.splice(0).forEach((wake) => wake());
    });
  }

  static async open(): Promise<WirePeer> {
    const socket = dgram.createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new WirePeer(socket);
  }

  get port(): number {
    return this.socket.address().port;
  }

  get titles(): string[] {
    return this.received.map(title);
  }

  /** The next message that was not read yet. */
  async next(): Promise<SipMessage> {
    for (;;) {
      const message = this.received[this.unread];
      if (message !== undefined) {
        this.unread += 1;
        return message;
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Reads on until a message of this method or status. */
  async expect(wanted: string): Promise<SipMessage> {
    let message = await this.next();
    while (title(message) !== wanted) message = await this.next();
    return message;
  }

  async expectRequest(method: string): Promise<SipRequest> {
    const message = await this.expect(method);
    if (message.kind !== 'request') throw new Error('not a request');
    return message;
  }

  send(bytes: Buffer, port: number): void {
    this.socket.send(bytes, port, '127.0.0.1');
  }

  /** Responds to where the request's topmost Via says. */
  respond(request: SipRequest, status: number, port: number, parts?: ResponseParts): void {
    this.send(serialize(responseTo(request, status, undefined, parts)), port);
  }

  async close(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}

/** A TCP connection to a port on loopback; `text()` is what came so far. */
export class WireStream {
  private readonly chunks: Buffer[] = [];
  private readonly waiting: (() => void)[] = [];

  private constructor(readonly socket: net.Socket) {
    const wake = (): void => this.waiting.splice(0).forEach((resume) => resume());
    socket.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    socket.on('data', wake);
    socket.on('close', wake);
    socket.on('error', () => undefined);
  }

  static of(socket: net.Socket): WireStream {
    return new WireStream(socket);
  }

  static async connect(port: number): Promise<WireStream> {
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new WireStream(socket);
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  /** Waits until the text contains `wanted`. */
  async expect(wanted: string): Promise<string> {
    while (!this.text.includes(wanted)) {
      if (this.socket.destroyed) throw new Error(`closed without ${wanted}`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    return this.text;
  }

  /** Waits until the connection is gone, also by a reset. */
  async closed(): Promise<void> {
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once('close', resolve));
  }
}
