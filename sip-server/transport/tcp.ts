import { once } from 'node:events';
import { connect, createServer, isIPv6 } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Logger } from 'pino';
import { isWildcard, ListenError, toListener } from './listen-spec';
import type { ListenSpec } from './listen-spec';
import { PacedLog } from './paced-log';
import type { StreamLimits } from './stream-framing';
import { TcpConnection } from './tcp-connection';
import type { ConnectionEvents } from './tcp-connection';
import type { Flow, Listener } from './types';

export interface TcpSettings {
  limits: StreamLimits;
  connectTimeoutMs: number;
  /** A message that a peer has begun must be complete in this time, in milliseconds, else its connection is closed. */
  messageTimeoutMs: number;
  /** Connections that peers may have open to one address; further ones are closed at once. */
  maxConnections: number;
}

/** A bound TCP socket with its connections, those that peers opened and those it opened to peers. */
export class TcpListener {
  private readonly connections = new Map<string, TcpConnection>();

  private constructor(
    private readonly server: Server,
    readonly listener: Listener,
    private readonly settings: TcpSettings,
    private readonly events: ConnectionEvents
  ) {}

  /** @throws ListenError when the address cannot be bound */
  static async bind(
    spec: ListenSpec,
    settings: TcpSettings,
    log: Logger,
    events: ConnectionEvents
  ): Promise<TcpListener> {
    const server = createServer();
    server.maxConnections = settings.maxConnections;
    try {
      server.listen({ host: spec.address, port: spec.port, ipv6Only: isIPv6(spec.address), exclusive: true });
      await once(server, 'listening');
    } catch (error) {
      throw new ListenError(spec, error as NodeJS.ErrnoException);
    }
    const listener = toListener(spec, (server.address() as AddressInfo).port);
    const tcp = new TcpListener(server, listener, settings, events);
    server.on('error', (error) => log.warn({ err: error, listener }, 'TCP server error'));
    server.on('connection', (socket) => tcp.accept(socket));
    const refusals = new PacedLog();
    server.on('drop', () => {
      refusals.note('', (count) => log.warn({ listener, count }, 'too many TCP connections, new ones are closed'));
    });
    return tcp;
  }

  /** The open connection to this remote address, whoever opened it. */
  openFlowTo(remote: Flow['remote']): Flow | undefined {
    const connection = this.connections.get(keyOf(remote));
    return connection?.isOpen === true ? connection : undefined;
  }

  /** Opens a connection; what is written meanwhile goes out when it stands. */
  connect(remote: Flow['remote']): Flow {
    const { address } = this.listener;
    const socket = connect({
      host: remote.address,
      port: remote.port,
      ...(!isWildcard(address) && { localAddress: address }),
    });
    const connection = this.add(socket, remote);
    connection.limitConnecting(this.settings.connectTimeoutMs);
    return connection;
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const connection of this.connections.values()) connection.close();
    await closed;
  }

  private accept(socket: Socket): void {
    const { remoteAddress: address, remotePort: port } = socket;
    if (address === undefined || port === undefined) socket.destroy();
    else this.add(socket, { address, port });
  }

  private add(socket: Socket, remote: Flow['remote']): TcpConnection {
    const key = keyOf(remote);
    const { limits, messageTimeoutMs } = this.settings;
    const events = this.withRemoval(key);
    const connection = new TcpConnection(socket, this.listener, remote, events, limits, messageTimeoutMs);
    this.connections.set(key, connection);
    return connection;
  }

  private withRemoval(key: string): ConnectionEvents {
    return {
      onMessage: (bytes, flow) => this.events.onMessage(bytes, flow),
      onBroken: (problem, flow) => this.events.onBroken(problem, flow),
      onClosed: (flow) => {
        if (this.connections.get(key) === flow) this.connections.delete(key);
        this.events.onClosed(flow);
      },
    };
  }
}

function keyOf(remote: Flow['remote']): string {
  return `${remote.address} ${remote.port}`;
}
