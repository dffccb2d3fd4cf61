import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Owner } from '../dialog/dialog';
import { FrameReader, FramingError, maxPayloadBytes, maxStrangerPayloadBytes, toFrame } from './framing';
import { parseClientFrame } from './frames';
import type { ClientFrame } from './frames';
import { Liveness } from './liveness';
import type { LivenessSettings } from './liveness';

const keepAliveMs = 45_000;

export interface ConnectionEvents {
  onFrame(connection: ClientConnection, frame: ClientFrame): void;
  onClosed(connection: ClientConnection): void;
  /** A handler failed, or the client sent what is no frame. */
  onFault(connection: ClientConnection, error: unknown): void;
  /** The client does nothing any more, with its connection open. */
  onHung(connection: ClientConnection, why: string): void;
  /** A client that hung speaks or reads again. */
  onBack(connection: ClientConnection): void;
}

export interface ConnectionSettings extends LivenessSettings {
  /** What a client may leave unread, in bytes. */
  maxUnreadBytes: number;
  /** Decides when what is sent may leave; in the order in which it is asked. */
  hold(leave: () => void): void;
}

/** One client (a drachtio-srf application) on its TCP connection. */
export class ClientConnection {
  readonly id = randomUUID();
  isAuthenticated = false;
  tags: readonly string[] = [];
  /** Methods in lower case, and `cdr:` events, that the client wants. */
  readonly routes = new Set<string>();
  private readonly reader = new FrameReader();
  private readonly liveness: Liveness;
  private isClosed = false;
  private isClosing = false;

  constructor(
    private readonly socket: Socket,
    private readonly events: ConnectionEvents,
    private readonly settings: ConnectionSettings
  ) {
    this.liveness = new Liveness(settings, {
      onHung: (why) => events.onHung(this, why),
      onBack: () => events.onBack(this),
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('drain', () => this.liveness.drained());
    socket.on('end', () => this.closed());
    socket.on('close', () => this.closed());
  }

  get owner(): Owner {
    return { connectionId: this.id, tags: this.tags };
  }

  get isOpen(): boolean {
    return !this.isClosed && this.socket.writable;
  }

  /** True while the client does nothing although its connection is open. */
  get isHung(): boolean {
    return this.liveness.isHung;
  }

  /** True when the client has said nothing since a time of `now`. */
  isSilentSince(at: number): boolean {
    return this.liveness.isSilentSince(at);
  }

  /** Counts as hung until it speaks. */
  suspect(): void {
    this.liveness.suspect();
  }

  get remote(): string {
    return `${this.socket.remoteAddress ?? ''}:${this.socket.remotePort ?? 0}`;
  }

  /** Sends a frame. A client that leaves too much unread hangs: it is cut off, so that another takes over. */
  send(payload: Buffer): void {
    this.settings.hold(() => this.write(toFrame(payload)));
  }

  /** Reads nothing more that the client sends. */
  ignore(): void {
    this.isClosing = true;
  }

  /** Closes after what was sent is out; nothing that the client sends is read any more. */
  close(): void {
    this.isClosing = true;
    this.settings.hold(() => this.socket.destroySoon());
  }

  destroy(): void {
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    try {
      const maxBytes = this.isAuthenticated ? maxPayloadBytes : maxStrangerPayloadBytes;
      for (const payload of this.reader.push(chunk, maxBytes)) this.handle(payload);
    } catch (error) {
      this.events.onFault(this, error);
      this.destroy();
    }
  }

  private write(frame: Buffer): void {
    if (!this.isOpen) return;
    if (!this.socket.write(frame)) this.liveness.blocked();
    if (this.socket.writableLength <= this.settings.maxUnreadBytes) return;
    this.events.onFault(this, new Error(`the client has not read ${this.socket.writableLength} bytes`));
    this.destroy();
  }

  private handle(payload: Buffer): void {
    if (this.isClosed || this.isClosing) return;
    const frame = parseClientFrame(payload);
    if (frame === undefined) throw new FramingError('a frame without message id and verb');
    this.liveness.heard();
    if (frame.verb === 'ping') this.liveness.pinged();
    this.events.onFrame(this, frame);
  }

  private closed(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.liveness.stop();
    this.socket.destroy();
    this.events.onClosed(this);
  }
}
