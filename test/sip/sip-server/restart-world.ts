import { sdp, SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import { connectApp, secret } from './fixture';
import type { App } from './fixture';
import { ServerProcess } from './server-process';
import type { Srf, SrfRequest, SrfResponse } from './srf';

/** What an application got that no dialog of its own took, each request with the way to answer it. */
export interface Delivered {
  req: SrfRequest;
  res: SrfResponse;
}

/** An application that leaves every request to the test. */
export interface ManualApp extends App {
  /** The next request of a method that the test has not read. */
  next(method: string): Promise<Delivered>;
  /** All that came, with repetitions. */
  seen: Delivered[];
}

/** A server that can be killed, with applications and peers. */
export class RestartWorld {
  private readonly apps: App[] = [];
  private readonly peers: SipPeer[] = [];

  private constructor(readonly server: ServerProcess) {}

  static async start(options: readonly string[] = []): Promise<RestartWorld> {
    return new RestartWorld(await ServerProcess.start(secret, options));
  }

  get sip(): { port: number } {
    return { port: this.server.sipPort };
  }

  async app(prepare?: (srf: Srf) => void): Promise<App> {
    const app = await connectApp(this.server.adminPort, prepare);
    this.apps.push(app);
    return app;
  }

  async manualApp(): Promise<ManualApp> {
    const seen: Delivered[] = [];
    let read: Delivered[] = [];
    const waiting = new Set<() => void>();
    const take = (req: SrfRequest, res: SrfResponse): void => {
      seen.push({ req, res });
      for (const wake of waiting) wake();
    };
    const next = async (method: string): Promise<Delivered> => {
      for (;;) {
        const found = seen.find((item) => item.req.method === method && !read.includes(item));
        if (found !== undefined) {
          read = [...read, found];
          return found;
        }
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    };
    const app = await this.app((srf) => {
      srf.use((req, res, nextHandler) => (req.isNewInvite ? nextHandler() : take(req, res)));
      srf.invite(take);
    });
    return { ...app, seen, next };
  }

  async peer(protocol: 'udp' | 'tcp'): Promise<SipPeer> {
    const peer = await SipPeer.open(protocol);
    this.peers.push(peer);
    return peer;
  }

  /** A call of the peer that an application answered, acknowledged. */
  async callUp(caller: SipPeer, app: ManualApp): Promise<PeerDialog> {
    const call = caller.dial(this.sip, { body: sdp() });
    const { res } = await app.next('INVITE');
    res.send(200, { body: sdp(7) });
    call.confirm(await caller.expect(200)).ack();
    await app.next('ACK');
    return call;
  }

  async close(): Promise<void> {
    for (const app of this.apps) app.kill();
    await Promise.all(this.peers.map((peer) => peer.close()));
    await this.server.stop();
  }
}
