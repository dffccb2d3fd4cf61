import { afterEach, describe, expect, it } from '@jest/globals';
import { header, sdp } from '../../support/sip-peer';
import { World } from './fixture';

let world: World;

afterEach(() => world.close());

describe('a request outside of a dialog whose method no application takes', () => {
  it('gets 405 at once, with what is allowed', async () => {
    world = await World.start({ routeWaitMs: 3_600_000 });
    await world.app((srf) => srf.invite((_req, res) => res.send(486)));
    await world.app((srf) => srf.message((_req, res) => res.send(200)));
    const peer = await world.peer();
    peer.request('REGISTER', world.udp);
    const refusal = await peer.expect(405);
    expect(header(refusal, 'Allow')).toBe('ACK, BYE, CANCEL, INVITE, MESSAGE, OPTIONS');
  });

  it('gets 501 when no RFC defines the method', async () => {
    world = await World.start({ routeWaitMs: 3_600_000 });
    await world.app((srf) => srf.invite((_req, res) => res.send(486)));
    const peer = await world.peer();
    peer.request('FROBNICATE', world.udp);
    expect((await peer.expect(501)).status).toBe(501);
  });

  it('waits and gets 503 while no application is connected', async () => {
    world = await World.start({ routeWaitMs: 50 });
    const peer = await world.peer();
    peer.request('REFER', world.udp);
    expect(header(await peer.expect(503), 'Retry-After')).toBe('5');
  });

  it('waits when it is an INVITE, for the application that takes calls', async () => {
    world = await World.start({ routeWaitMs: 3_600_000 });
    await world.app((srf) => srf.message((_req, res) => res.send(200)));
    const peer = await world.peer();
    peer.dial(world.udp, { body: sdp() });
    await peer.expect(100);
    await world.app((srf) => srf.invite((_req, res) => res.send(486)));
    expect((await peer.expect(486)).status).toBe(486);
  });
});
