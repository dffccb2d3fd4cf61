import type { Socket } from 'node:net';
import type { MalformedMessage } from '../message/parse';
import { StreamFraming } from './stream-framing';
import type { StreamLimits } from './stream-framing';
import type { Protocol } from './protocol';
import type { Flow, Listener } from './types';

/** A peer that does not read what it is sent is cut off at this many bytes. */
const maxUnsentBytes = 8388608;

/** What a connection reports. */
export interface ConnectionEvents {
  onMessage(bytes: Buffer, flow: Flow): void;
  /** The stream cannot be cut into messages any more; the connection closes once what was written is out. */
  onBroken(problem: MalformedMessage, flow: Flow): void;
  onClosed(flow: Flow): void;
}

/** The two ends of a connection. */
export interface Peer {
  listener: Listener;
  remote: Flow['remote'];
  /** TLS: what the peer's certificate is checked for; undefined when the peer opened the connection. */
  domain: string | undefined;
}

interface ConnectionLimits {
  limits: StreamLimits;
  messageTimeoutMs: number;
}

interface Unsent {
  bytes: Buffer;
  onFailed: (reason: string) => void;
}

/** One TCP connection, plain or with TLS, opened by either side or still being opened. */
export class TcpConnection implements Flow {
  readonly protocol: Protocol;
  readonly listener: Listener;
  readonly remote: Flow['remote'];
  readonly domain: string | undefined;
  private readonly framing: StreamFraming;
  private readonly messageTimeoutMs: number;
  /** Runs while a message is under way. */
  private deadline: NodeJS.Timeout | undefined;
  /** While the connection is being opened: a peer is told nothing before it is known. */
  private waiting: Unsent[] | undefined;

  constructor(
    private readonly socket: Socket,
    { listener, remote, domain }: Peer,
    private readonly events: ConnectionEvents,
    { limits, messageTimeoutMs }: ConnectionLimits
  ) {
    this.protocol = listener.protocol;
    this.listener = listener;
    this.remote = remote;
    this.domain = domain;
    this.framing = new StreamFraming(limits);
    this.messageTimeoutMs = messageTimeoutMs;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    // Without a listener an error would end the process; `close` follows it.
    socket.on('error', () => undefined);
    socket.on('close', () => this.closed());
  }

  get isOpen(): boolean {
    return !this.socket.destroyed && (this.socket.connecting || this.socket.writable);
  }

  write(bytes: Buffer, onFailed: (reason: string) => void): void {
    if (this.unsentBytes() > maxUnsentBytes) this.socket.destroy(new Error('the peer does not read'));
    if (this.waiting !== undefined) this.waiting.push({ bytes, onFailed });
    else this.put({ bytes, onFailed });
  }

  /** Holds back what is written until the socket emits `event`; fails when that takes longer. */
  awaitReady(event: 'connect' | 'secureConnect', timeoutMs: number): void {
    this.waiting = [];
    this.socket.setTimeout(timeoutMs, () => this.socket.destroy(new Error('connecting timed out')));
    this.socket.once(event, () => {
      this.socket.setTimeout(0);
      this.takeWaiting().forEach((unsent) => this.put(unsent));
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private put({ bytes, onFailed }: Unsent): void {
    this.socket.write(bytes, (error) => {
      if (error) onFailed(this.socket.errored?.message ?? error.message);
    });
  }

  private closed(): void {
    clearTimeout(this.deadline);
    const reason = this.socket.errored?.message ?? 'the connection was closed';
    for (const { onFailed } of this.takeWaiting()) onFailed(reason);
    this.events.onClosed(this);
  }

  private takeWaiting(): Unsent[] {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    return waiting;
  }

  private unsentBytes(): number {
    return (this.waiting ?? []).reduce((sum, { bytes }) => sum + bytes.length, this.socket.writableLength);
  }

  private read(chunk: Buffer): void {
    for (const item of this.framing.push(chunk)) {
      if (!this.isOpen) return;
      if (item.kind === 'message') this.stopDeadline();
      if (item.kind === 'message') this.events.onMessage(item.bytes, this);
      else if (item.kind === 'ping') this.write(Buffer.from('\r\n'), () => undefined);
      else this.breakOff(item.problem);
    }
    if (this.framing.isMidMessage && this.isOpen) this.startDeadline();
  }

  /** Started by the first bytes of a message; further ones do not extend it. */
  private startDeadline(): void {
    this.deadline ??= setTimeout(
      () => this.socket.destroy(new Error('a message was not completed in time')),
      this.messageTimeoutMs
    ).unref();
  }

  private stopDeadline(): void {
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  private breakOff(problem: MalformedMessage): void {
    this.events.onBroken(problem, this);
    this.socket.destroySoon();
  }
}
