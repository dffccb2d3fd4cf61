import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SettingsInput } from '../../../sip-server/settings';
import { eventually } from '../../support/eventually';
import { sdp, SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import type { PeerProtocol } from '../../support/sip-peer-socket';
import { World } from './fixture';
import type { Srf, SrfRequest } from './srf';

/** A call that was up when its server ended. */
export interface KeptCall {
  peer: SipPeer;
  dialog: PeerDialog;
}

export interface CallOptions {
  over?: PeerProtocol;
  /** What the caller's Contact shows; default: its own address. */
  shownUri?: string;
  /** Interval of the session timer that the server is to refresh, in seconds; default: no timer. */
  sessionS?: number;
}

/** A server that comes up again on the store of another one, with the same addresses. */
export class ProbesWorld {
  static async open(settings: Partial<SettingsInput>): Promise<ProbesWorld> {
    const store = await mkdtemp(path.join(tmpdir(), 'probes-'));
    const world = new ProbesWorld({ ...settings, store }, store);
    world.current = await World.start(world.settings);
    await world.current.app((srf) => {
      srf.use((req, _res, next) => (req.method === 'ACK' ? world.acknowledged.add(req.get('Call-ID')) : next()));
      srf.invite((_req, res) => res.send(200, { body: sdp(7) }));
    });
    return world;
  }

  /** What applications were told of the ends of dialogs since the restart. */
  readonly ended: SrfRequest[] = [];
  private current!: World;
  /** Call-IDs. */
  private readonly acknowledged = new Set<string>();
  private readonly peers: SipPeer[] = [];

  private constructor(
    private readonly settings: Partial<SettingsInput>,
    private readonly store: string
  ) {}

  private get copy(): string {
    return `${this.store}-copy`;
  }

  async calls(count: number): Promise<KeptCall[]> {
    const calls: KeptCall[] = [];
    while (calls.length < count) calls.push(await this.call());
    return calls;
  }

  async call({ over = 'udp', shownUri, sessionS }: CallOptions = {}): Promise<KeptCall> {
    const peer = await SipPeer.open(over);
    this.peers.push(peer);
    peer.shownUri = shownUri;
    const dialog = peer.dial(this.current.at(over), { body: sdp(), headers: timerHeaders(sessionS) });
    dialog.confirm(await peer.expect(200, { withinMs: 30_000 })).ack();
    await eventually(() => this.acknowledged.has(dialog.callId), 'the ACK');
    return { peer, dialog };
  }

  /** What the disk has when the machine loses power now: nothing that comes later. */
  async keepCopy(): Promise<void> {
    await cp(this.store, this.copy, { recursive: true });
  }

  /** @param store that the server comes up on; default: its own */
  async restart(store: 'own' | 'copy' = 'own'): Promise<void> {
    const listen = this.current.server.listeners.map(({ protocol, address, port }) => ({ protocol, address, port }));
    await this.current.server.stop();
    this.current = await World.start({ ...this.settings, listen, store: store === 'own' ? this.store : this.copy });
    await this.current.app((srf: Srf) =>
      srf.use((req, res) => {
        if (req.method === 'BYE' && req.source === 'application') this.ended.push(req);
        else res.send(200);
      })
    );
  }

  /** How often a probe has come to that. */
  async found(finding: string): Promise<number> {
    const text = await this.current.server.metrics.registry.metrics();
    return Number(new RegExp(`probes_total\\{finding="${finding}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  }

  async close(): Promise<void> {
    await this.current.close();
    await Promise.all(this.peers.map((peer) => peer.close()));
    for (const folder of [this.store, this.copy]) await rm(folder, { recursive: true, force: true });
  }
}

function timerHeaders(sessionS: number | undefined): [string, string][] {
  if (sessionS === undefined) return [];
  return [
    ['Require', 'timer'],
    ['Supported', 'timer'],
    ['Session-Expires', `${sessionS};refresher=uas`],
  ];
}
