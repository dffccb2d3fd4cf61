import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { bracketed, formatHostPort } from '../message/host-port';
import { after } from '../dialog/timer';
import { ClientConnection } from './connection';
import type { ConnectionEvents, ConnectionSettings } from './connection';

export interface AdminPortSettings extends ConnectionSettings {
  /** Where to listen; port 0 for any. */
  admin: { host: string; port: number };
  /** Connections that have not authenticated; beyond, the oldest of them is closed. */
  maxUnauthenticated: number;
  /** A client that does not authenticate in this time is cut off, in milliseconds. */
  authenticateWithinMs: number;
}

/** The TCP port that clients connect to. */
export class AdminPort {
  private readonly server: Server;
  private readonly connections = new Set<ClientConnection>();

  constructor(
    events: ConnectionEvents,
    private readonly settings: AdminPortSettings
  ) {
    this.server = createServer((socket) => this.accept(socket, events));
  }

  /** Port 0 before `listen`. */
  get port(): number {
    return (this.server.address() as AddressInfo | null)?.port ?? 0;
  }

  /** Where clients connect, `host:port`. */
  get address(): string {
    return formatHostPort({ host: bracketed(this.settings.admin.host), port: this.port });
  }

  /** @throws Error naming the address when it cannot be bound */
  async listen(): Promise<void> {
    const { host, port } = this.settings.admin;
    try {
      this.server.listen({ host, port, exclusive: true });
      await once(this.server, 'listening');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const reason = code === 'EADDRINUSE' ? 'the port is already in use' : message;
      throw new Error(`cannot listen for clients on ${formatHostPort({ host, port })}: ${reason}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    for (const connection of this.connections) connection.destroy();
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }

  private accept(socket: Socket, events: ConnectionEvents): void {
    const handlers: ConnectionEvents = {
      ...handlersOf(events),
      onClosed: (closed) => {
        this.connections.delete(closed);
        events.onClosed(closed);
      },
    };
    const connection = new ClientConnection(socket, handlers, this.settings);
    this.connections.add(connection);
    after(this.settings.authenticateWithinMs, () => {
      if (!connection.isAuthenticated) connection.destroy();
    });
    this.closeSurplus();
  }

  /** Closes the oldest and not the newest, so that nobody can keep applications out by doing nothing. */
  private closeSurplus(): void {
    const strangers = [...this.connections].filter(({ isAuthenticated }) => !isAuthenticated);
    if (strangers.length > this.settings.maxUnauthenticated) strangers[0]?.destroy();
  }
}

function handlersOf(events: ConnectionEvents): Omit<ConnectionEvents, 'onClosed'> {
  return {
    onFrame: (connection, frame) => events.onFrame(connection, frame),
    onFault: (connection, error) => events.onFault(connection, error),
    onHung: (connection, why) => events.onHung(connection, why),
    onBack: (connection) => events.onBack(connection),
  };
}
