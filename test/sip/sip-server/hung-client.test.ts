import { afterEach, describe, expect, it } from '@jest/globals';
import { header, isAnswerTo, sdp, tagIn } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import { SrfProcess } from '../../support/srf-process';
import { secret, World } from './fixture';
import type { App } from './fixture';
import type { SrfRequest } from './srf';

/** The server counts the application as hung after 2.5 times as long without a ping. */
const PING_MS = 400;

let world: World;
let hanging: SrfProcess;

afterEach(async () => {
  await hanging.kill();
  await world.close();
});

interface Healthy extends App {
  invites: SrfRequest[];
  inDialog: SrfRequest[];
}

/** An application that answers everything, calls with the tag `healthy`. */
async function healthy(): Promise<Healthy> {
  const invites: SrfRequest[] = [];
  const inDialog: SrfRequest[] = [];
  const app = await world.app((srf) => {
    srf.use((req, res, next) => {
      if (req.isNewInvite) next();
      else {
        inDialog.push(req);
        if (req.method !== 'ACK') res.send(200);
      }
    });
    srf.invite((req, res) => {
      invites.push(req);
      return srf.createUAS(req, res, { localSdp: sdp(7), headers: { to: '<sip:x@y>;tag=healthy' } });
    });
  });
  return { ...app, invites, inDialog };
}

function dial(caller: SipPeer, user = '4000', port = world.udp): PeerDialog {
  return caller.dial(port, { body: sdp(), to: `sip:${user}@127.0.0.1:${port.port}` });
}

/** A call up, with whoever answered it. */
async function callUp(port = world.udp, protocol: 'udp' | 'tcp' = 'udp'): Promise<{ by: string; call: PeerDialog }> {
  const caller = await world.peer(protocol);
  const call = dial(caller, '4000', port);
  const ok = await caller.expect(200);
  call.confirm(ok).ack();
  return { by: tagIn(header(ok, 'To')) ?? '', call };
}

/** Returns once the server has no application for a new call. */
async function untilRefused(): Promise<void> {
  for (;;) {
    const caller = await world.peer();
    dial(caller);
    const refusal = await caller.expect(503, { withinMs: 300 }).catch(() => undefined);
    if (refusal !== undefined) return;
  }
}

describe('an application that pings and then hangs', () => {
  it('loses its ringing INVITE to another one, and its late answer is refused', async () => {
    world = await World.start({ shortestPingMs: PING_MS });
    hanging = await SrfProcess.start(world.server, secret, 'hanging', PING_MS);
    await hanging.told('pinging');
    const caller = await world.peer();
    const call = dial(caller, 'slow');
    await caller.expect(180);
    hanging.stop();
    const other = await healthy();
    const ok = await caller.expect(200);
    call.confirm(ok).ack();
    // One tag for all responses to an INVITE, whoever sends them.
    expect(tagIn(header(ok, 'To'))).toBe('hanging');
    expect(other.invites).toHaveLength(1);
    hanging.goOn();
    expect(await hanging.told('refused')).toMatch(/went to another client|answered already|unknown transaction/);
    expect(caller.count(200)).toBe(1);
    call.request('BYE');
    await caller.expect(isAnswerTo('BYE', 200));
  });

  it('gets no new calls and no requests of its calls, until it speaks again', async () => {
    world = await World.start({ shortestPingMs: PING_MS });
    hanging = await SrfProcess.start(world.server, secret, 'hanging', PING_MS);
    await hanging.told('pinging');
    const { by, call } = await callUp();
    expect(by).toBe('hanging');
    const other = await healthy();
    hanging.stop();
    call.request('INFO', { body: 'x', contentType: 'text/plain' });
    await call.peer.expect(isAnswerTo('INFO', 200));
    expect(other.inDialog[0]).toMatchObject({ method: 'INFO', stackDialogId: call.id });
    for (let count = 0; count < 3; count++) expect((await callUp()).by).toBe('healthy');
    hanging.goOn();
    other.kill();
    await expect(callUp()).resolves.toMatchObject({ by: 'hanging' });
  });

  it('keeps what no other one takes, and may answer it when it is back', async () => {
    world = await World.start({ shortestPingMs: PING_MS, routeWaitMs: 50 });
    hanging = await SrfProcess.start(world.server, secret, 'hanging', PING_MS);
    await hanging.told('pinging');
    const caller = await world.peer();
    const call = dial(caller, 'slow');
    await caller.expect(180);
    hanging.stop();
    await untilRefused();
    hanging.goOn();
    call.confirm(await caller.expect(200)).ack();
    await hanging.told('answered', call.callId);
    expect(hanging.count('invite', call.callId)).toBe(1);
  });
});

describe('an application that never pings', () => {
  it('loses the requests of its calls when it does not read', async () => {
    world = await World.start({ undrainedMs: 200, maxUnreadBytes: 100_000_000 });
    hanging = await SrfProcess.start(world.server, secret, 'hanging');
    const { by, call } = await callUp(world.tcp, 'tcp');
    expect(by).toBe('hanging');
    const other = await healthy();
    hanging.stop();
    const body = 'x'.repeat(900_000);
    while (other.inDialog.length === 0) {
      call.request('INFO', { body, contentType: 'text/plain' });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(other.inDialog[0]).toMatchObject({ method: 'INFO', stackDialogId: call.id });
  });
});
