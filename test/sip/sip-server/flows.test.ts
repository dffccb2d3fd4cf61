import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sdp } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
import { deferred, World } from './fixture';
import type { App } from './fixture';
import type { SrfDialog } from './srf';

/** A Contact on a port where nobody listens, so that no other way leads to the peer. */
const hidden = 'sip:alice@127.0.0.1:1;transport=tcp';

let world: World;

beforeEach(async () => {
  world = await World.start();
});

afterEach(() => world.close());

/** An application that accepts registrations for as long as asked. */
function registrar(): Promise<App> {
  return world.app((srf) =>
    srf.register((req, res) => res.send(200, { headers: { Contact: req.get('Contact'), Expires: req.get('Expires') } }))
  );
}

async function register(peer: SipPeer, expiresS = 60): Promise<void> {
  peer.shownUri = hidden;
  peer.request('REGISTER', world.tcp, { headers: [['Expires', String(expiresS)]] });
  await peer.expect(200);
}

describe('a peer that registered over TCP', () => {
  it('is called over that connection until its registration ends', async () => {
    const app = await registrar();
    const alice = await world.peer('tcp');
    await register(alice);
    const sent = await app.request({ uri: hidden, method: 'INVITE', body: sdp() });
    const invite = await alice.expect('INVITE');
    expect(invite.uri).toBe(hidden);
    alice.respond(invite, 486);
    await sent.response(486);
    await register(alice, 0);
    const later = await app.request({ uri: hidden, method: 'INVITE', body: sdp() });
    await later.response(503);
    expect(alice.count('INVITE')).toBe(1);
  });

  it('is reached in its dialog over the connection that it registered anew by', async () => {
    const app = await registrar();
    const alice = await world.peer('tcp');
    await register(alice);
    alice.whenever('INVITE', (invite) => alice.accept(invite, { body: sdp() }));
    const dialog = await app.srf.createUAC(hidden, { localSdp: sdp() });
    await alice.expect('ACK');
    alice.dropConnections();
    await register(alice);
    const bye = alice.expect('BYE').then((request) => alice.respond(request, 200));
    await Promise.all([dialog.destroy(), bye]);
    expect(alice.count('BYE')).toBe(1);
  });
});

describe('a peer that connects anew', () => {
  it('is reached over the connection of its last request', async () => {
    const made = deferred<SrfDialog>();
    await world.app((srf) =>
      srf.invite(
        (req, res) => void srf.createUAS(req, res, { localSdp: sdp(7) }).then((dialog) => made.resolve(dialog))
      )
    );
    const caller = await world.peer('tcp');
    caller.shownUri = hidden;
    const call = caller.dial(world.tcp, { body: sdp() });
    call.confirm(await caller.expect(200)).ack();
    const dialog = (await made.promise).on('info', (_req, res) => res.send(200));
    caller.dropConnections();
    call.request('INFO', { body: 'x', contentType: 'text/plain' });
    await caller.expect(200);
    const bye = caller.expect('BYE').then((request) => caller.respond(request, 200));
    await Promise.all([dialog.destroy(), bye]);
    expect(caller.count('BYE')).toBe(1);
  });
});
