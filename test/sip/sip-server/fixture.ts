import DrachtioSrf from 'drachtio-srf';
import { pino } from 'pino';
import { SipServer } from '../../../sip-server/server';
import type { SettingsInput } from '../../../sip-server/settings';
import type { Listener } from '../../../sip-server/transport/types';
import type { Srf, SrfAck, SrfRequest, SrfResponse } from './srf';
import { SipPeer } from '../../support/sip-peer';
import type { PeerProtocol, PeerSocketOptions } from '../../support/sip-peer-socket';

export const secret = 'open-sesame';

/** Settings for tests that wait for timers: T1 of 20 ms, so that 64*T1 is 1.3 s. */
export const FAST = { timers: { t1: 20, t2: 80, t4: 50, c: 185_000 } };

/** A connected drachtio-srf application. */
export interface App {
  srf: Srf;
  /** Closes the socket at once, as the death of the process would, and does not connect again. */
  kill(): void;
  /** Sends a request with a callback and collects what comes back. */
  request(options: RequestOptions): Promise<SentBySrf>;
}

/** What `srf.request` takes; without `uri` it is a request in the dialog `stackDialogId`. */
export interface RequestOptions {
  uri?: string;
  method: string;
  stackDialogId?: string;
  stackTxnId?: string;
  headers?: Record<string, string>;
  body?: string;
  auth?: { username: string; password: string };
}

export interface SentBySrf {
  req: SrfRequest;
  responses: SrfResponse[];
  /** The response with that status, from the past or the future. */
  response(status: number): Promise<SrfResponse>;
  acks: SrfAck[];
}

/** One server for a test, with the clients and peers that it needs; all gone after `close`. */
export class World {
  private readonly apps: App[] = [];
  private readonly peers: SipPeer[] = [];

  private constructor(readonly server: SipServer) {}

  /** Around a server that runs already. */
  static around(server: SipServer): World {
    return new World(server);
  }

  static async start(settings: Partial<SettingsInput> = {}): Promise<World> {
    const listen = [
      { protocol: 'udp' as const, address: '127.0.0.1', port: 0 },
      { protocol: 'tcp' as const, address: '127.0.0.1', port: 0 },
    ];
    const level = process.env['SIP_TEST_LOG'] ?? 'silent';
    const input = { listen, admin: { host: '127.0.0.1', port: 0 }, secret, ...settings };
    const server = new SipServer(input, pino({ level }));
    await server.start();
    return new World(server);
  }

  get udp(): { port: number } {
    return { port: this.server.listeners.find(({ protocol }) => protocol === 'udp')!.port };
  }

  get tcp(): { port: number } {
    return { port: this.server.listeners.find(({ protocol }) => protocol === 'tcp')!.port };
  }

  /** The bound address of a protocol, and of a host when there are several. */
  at(protocol: PeerProtocol, host?: string): { host: string; port: number } {
    const fits = (listener: Listener): boolean =>
      listener.protocol === protocol && (host === undefined || listener.address === host);
    const { address, port } = this.server.listeners.find(fits)!;
    return { host: address, port };
  }

  /** A connected application; `prepare` registers its handlers before it connects. */
  async app(prepare: (srf: Srf) => void = () => undefined, tags: string[] = []): Promise<App> {
    const app = await connectApp(this.server.admin.port, prepare, tags);
    this.apps.push(app);
    return app;
  }

  async peer(how: PeerProtocol | PeerSocketOptions = 'udp'): Promise<SipPeer> {
    const peer = await SipPeer.open(how);
    this.peers.push(peer);
    return peer;
  }

  async close(): Promise<void> {
    for (const app of this.apps) app.kill();
    await Promise.all(this.peers.map((peer) => peer.close()));
    await this.server.stop();
  }
}

/** An application connected to the server at that port; it connects again by itself when the connection is lost. */
export async function connectApp(
  port: number,
  prepare: (srf: Srf) => void = () => undefined,
  tags: string[] = []
): Promise<App> {
  const srf = new DrachtioSrf() as unknown as Srf;
  prepare(srf);
  srf.on('error', () => undefined);
  srf.connect({ host: '127.0.0.1', port, secret, tags });
  await new Promise<void>((resolve, reject) => {
    srf.on('connect', (error) => (error === null ? resolve() : reject(error)));
  });
  // Routes are sent after the connect event; a ping behind them comes back when they are in.
  await ping(srf);
  return {
    srf,
    kill: () => {
      srf._app.client.wp.closing = true;
      for (const socket of srf._app.client.mapServer.keys()) socket.destroy();
    },
    request: (options) => request(srf, options),
  };
}

function request(srf: Srf, { uri = 'sip:placeholder', ...options }: RequestOptions): Promise<SentBySrf> {
  return new Promise((resolve, reject) => {
    srf.request(uri, options, (error, req) => {
      if (error) {
        reject(error);
        return;
      }
      const sent: SentBySrf = { req, responses: [], acks: [], response: (status) => seen(status) };
      const waiting: [number, (res: SrfResponse) => void][] = [];
      const seen = (status: number): Promise<SrfResponse> => {
        const known = sent.responses.find((res) => res.status === status);
        return known ? Promise.resolve(known) : new Promise((done) => waiting.push([status, done]));
      };
      req.on('response', (res, ack) => {
        sent.responses.push(res);
        sent.acks.push(ack);
        for (const [status, done] of waiting) if (status === res.status) done(res);
      });
      resolve(sent);
    });
  });
}

/** Everything that was written to the server before has been handled when this resolves. */
export function ping(srf: Srf): Promise<void> {
  const { wp, mapServer } = srf._app.client;
  const [socket, state] = [...mapServer][0]!;
  return new Promise((resolve) => {
    const msgId = wp.send(socket, 'ping');
    state.pendingRequests.set(msgId, () => resolve());
  });
}

/** A promise that is resolved from outside. */
export function deferred<T = unknown>(): { promise: Promise<T>; resolve: (value?: T) => void } {
  let resolve!: (value?: T) => void;
  const promise = new Promise<T>((done) => {
    resolve = (value) => done(value as T);
  });
  return { promise, resolve };
}
