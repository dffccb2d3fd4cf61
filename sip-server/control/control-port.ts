import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { bracketed, formatHostPort } from '../message/host-port';

/** An HTTP port for operators. */
export class ControlPort {
  private constructor(
    private readonly server: Server,
    /** `host:port` as bound. */
    readonly address: string
  ) {}

  /** @throws Error naming the address when it cannot be bound */
  static async open(api: Hono, { host, port }: { host: string; port: number }): Promise<ControlPort> {
    const server = createAdaptorServer({ fetch: api.fetch }) as Server;
    try {
      server.listen({ host, port, exclusive: true });
      await once(server, 'listening');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const reason = code === 'EADDRINUSE' ? 'the port is already in use' : message;
      const address = formatHostPort({ host: bracketed(host), port });
      throw new Error(`cannot listen for operators on ${address} (--control): ${reason}`, { cause: error });
    }
    const bound = (server.address() as AddressInfo).port;
    return new ControlPort(server, formatHostPort({ host: bracketed(host), port: bound }));
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
