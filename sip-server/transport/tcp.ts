import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Carrier } from './carrier';
import type { Tally } from '../metrics/tally';
import { isWildcard, ListenError, seenFrom, toListener } from './listen-spec';
import type { ListenSpec } from './listen-spec';
import { PacedLog } from './paced-log';
import type { StreamLimits } from './stream-framing';
import { TcpConnection } from './tcp-connection';
import type { ConnectionEvents, Peer } from './tcp-connection';
import type { Flow, Listener, Target } from './types';

export interface TcpSettings {
  limits: StreamLimits;
  connectTimeoutMs: number;
  /** A message that a peer has begun must be complete in this time, in milliseconds, else its connection is closed. */
  messageTimeoutMs: number;
  /** Connections that peers may have open to one address; further ones are closed at once. */
  maxConnections: number;
  /** Takes note of what limits kept out. */
  dropped: Tally;
}

/** A bound TCP socket, plain or with TLS, and its connections: those that peers opened and those it opened to peers. */
export class TcpListener {
  private readonly connections = new Map<string, TcpConnection>();
  /** Sockets of peers, those in a handshake included. */
  private readonly accepted = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly carrier: Carrier,
    readonly listener: Listener,
    private readonly settings: TcpSettings,
    private readonly events: ConnectionEvents
  ) {}

  /** @throws ListenError when the address cannot be bound */
  static async bind(
    spec: ListenSpec,
    carrier: Carrier,
    settings: TcpSettings,
    log: Logger,
    events: ConnectionEvents
  ): Promise<TcpListener> {
    const server = carrier.createServer();
    server.maxConnections = settings.maxConnections;
    try {
      server.listen({ host: spec.address, port: spec.port, ipv6Only: isIPv6(spec.address), exclusive: true });
      await once(server, 'listening');
    } catch (error) {
      throw new ListenError(spec, error as NodeJS.ErrnoException);
    }
    const listener = toListener(spec, (server.address() as AddressInfo).port);
    const tcp = new TcpListener(server, carrier, listener, settings, events);
    server.on('error', (error) => log.warn({ err: error, listener }, 'TCP server error'));
    server.on('connection', (socket: Socket) => tcp.track(socket));
    carrier.onConnection(server, (socket) => tcp.accept(socket));
    const refusals = new PacedLog();
    server.on('drop', () => {
      settings.dropped.add('connections');
      refusals.note('', (count) => log.warn({ listener, count }, 'too many TCP connections, new ones are closed'));
    });
    return tcp;
  }

  /** The open connection to this target, whoever opened it; with TLS one whose peer was checked for the same domain. */
  openFlowTo(target: Target): Flow | undefined {
    return this.connectionOf({ ...target, domain: checkedDomain(target) });
  }

  /** The connection that `targetOf` its flow named, while it is open. */
  connectionOf(target: Target): Flow | undefined {
    const connection = this.connections.get(keyOf(target, target.domain));
    return connection?.isOpen === true ? connection : undefined;
  }

  /** Opens a connection; what is written meanwhile goes out when it stands. */
  connect(target: Target): Flow {
    const { address } = this.listener;
    const socket = this.carrier.connect(target, {
      host: target.address,
      port: target.port,
      ...(!isWildcard(address) && { localAddress: address }),
    });
    const domain = checkedDomain(target);
    const connection = this.add(socket, { address: target.address, port: target.port }, domain);
    connection.awaitReady(this.carrier.readyEvent, this.settings.connectTimeoutMs);
    return connection;
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const connection of this.connections.values()) connection.close();
    for (const socket of this.accepted) socket.destroy();
    await closed;
  }

  private track(socket: Socket): void {
    this.accepted.add(socket);
    socket.once('close', () => this.accepted.delete(socket));
  }

  private accept(socket: Socket): void {
    const { remoteAddress: address, remotePort: port } = socket;
    if (address === undefined || port === undefined) socket.destroy();
    else this.add(socket, { address, port }, undefined);
  }

  private add(socket: Socket, remote: Flow['remote'], domain: string | undefined): TcpConnection {
    const key = keyOf(remote, domain);
    const peer: Peer = { listener: seenFrom(this.listener, remote.address), remote, domain };
    const connection = new TcpConnection(socket, peer, this.withRemoval(key), this.settings);
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

/** What the peer's certificate is checked for; nothing without TLS. */
function checkedDomain({ protocol, domain, address }: Target): string | undefined {
  return protocol === 'tls' ? (domain ?? address).toLowerCase() : undefined;
}

function keyOf({ address, port }: Flow['remote'], domain: string | undefined): string {
  return `${address} ${port} ${domain ?? ''}`;
}
