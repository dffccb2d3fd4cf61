import type { Socket } from 'node:net';
import type { MalformedMessage } from '../message/parse';
import { StreamFraming } from './stream-framing';
import type { StreamLimits } from './stream-framing';
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

/** One TCP connection, opened by either side or still being opened. */
export class TcpConnection implements Flow {
  readonly protocol = 'tcp';
  private readonly framing: StreamFraming;
  /** Runs while a message is under way. */
  private deadline: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: Socket,
    readonly listener: Listener,
    readonly remote: Flow['remote'],
    private readonly events: ConnectionEvents,
    limits: StreamLimits,
    private readonly messageTimeoutMs: number
  ) {
    this.framing = new StreamFraming(limits);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    // Without a listener an error would end the process; `close` follows it.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(this.deadline);
      events.onClosed(this);
    });
  }

  get isOpen(): boolean {
    return !this.socket.destroyed && (this.socket.connecting || this.socket.writable);
  }

  write(bytes: Buffer, onFailed: (reason: string) => void): void {
    if (this.socket.writableLength > maxUnsentBytes) this.socket.destroy(new Error('the peer does not read'));
    this.socket.write(bytes, (error) => {
      if (error) onFailed(this.socket.errored?.message ?? error.message);
    });
  }

  /** Fails the opening of the connection when it takes longer. */
  limitConnecting(timeoutMs: number): void {
    this.socket.setTimeout(timeoutMs, () => this.socket.destroy(new Error('connecting timed out')));
    this.socket.once('connect', () => this.socket.setTimeout(0));
  }

  close(): void {
    this.socket.destroy();
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
