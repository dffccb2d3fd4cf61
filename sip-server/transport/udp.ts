import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { Logger } from 'pino';
import { ListenError, seenFrom, toListener } from './listen-spec';
import type { ListenSpec } from './listen-spec';
import type { Flow, Listener } from './types';

const receiveBufferBytes = 1048576;

/** A bound UDP socket. */
export class UdpListener {
  private isOpen = true;

  private constructor(
    private readonly socket: Socket,
    readonly listener: Listener
  ) {}

  /** @throws ListenError when the address cannot be bound */
  static async bind(
    spec: ListenSpec,
    log: Logger,
    onDatagram: (bytes: Buffer, flow: Flow) => void
  ): Promise<UdpListener> {
    const type = isIPv6(spec.address) ? 'udp6' : 'udp4';
    const socket = createSocket({ type, ipv6Only: type === 'udp6', recvBufferSize: receiveBufferBytes });
    try {
      socket.bind({ address: spec.address, port: spec.port, exclusive: true });
      await once(socket, 'listening');
    } catch (error) {
      socket.close();
      throw new ListenError(spec, error as NodeJS.ErrnoException);
    }
    const udp = new UdpListener(socket, toListener(spec, socket.address().port));
    socket.on('error', (error) => log.warn({ err: error, listener: udp.listener }, 'UDP socket error'));
    socket.on('message', (bytes, { address, port }) => onDatagram(bytes, udp.flowTo({ address, port })));
    return udp;
  }

  /** The way to and from one remote address over this socket. */
  flowTo(remote: { address: string; port: number }): Flow {
    const isOpen = (): boolean => this.isOpen;
    return {
      protocol: 'udp',
      listener: seenFrom(this.listener, remote.address),
      remote: { address: remote.address, port: remote.port },
      get isOpen() {
        return isOpen();
      },
      write: (bytes, onFailed) => this.write(bytes, remote, onFailed),
    };
  }

  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  private write(bytes: Buffer, remote: Flow['remote'], onFailed: (reason: string) => void): void {
    try {
      this.socket.send(bytes, remote.port, remote.address, (error) => {
        if (error !== null) onFailed(error.message);
      });
    } catch (error) {
      // A closed socket or a port out of range throws at once.
      setImmediate(() => onFailed((error as Error).message));
    }
  }
}
