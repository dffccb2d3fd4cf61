import { afterEach, describe, expect, it } from '@jest/globals';
import { header, sdp } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
import { deferred, World } from './fixture';
import type { SrfDialog } from './srf';

/** An address that nothing leads to from here. */
const hidden = 'sip:peer@10.255.255.1:5060';

let world: World;

afterEach(() => world.close());

/** The application answers; gives the dialog that the caller's INVITE made. */
async function callFrom(caller: SipPeer, headers: [string, string][] = []): Promise<SrfDialog> {
  const made = deferred<SrfDialog>();
  await world.app((srf) =>
    srf.invite((req, res) => void srf.createUAS(req, res, { localSdp: sdp(7) }).then((dialog) => made.resolve(dialog)))
  );
  const call = caller.dial(world.udp, { body: sdp(), headers });
  call.confirm(await caller.expect(200)).ack();
  return made.promise;
}

/** Ends the call from our side. @returns the Request-URI of the BYE that the peer got */
async function endedAt(peer: SipPeer, dialog: SrfDialog): Promise<string> {
  const answered = peer.expect('BYE').then((bye) => {
    peer.respond(bye, 200);
    return bye.uri!;
  });
  const [uri] = await Promise.all([answered, dialog.destroy()]);
  return uri;
}

describe('a caller whose Contact shows another address', () => {
  it('gets the requests of its dialog where it sends from', async () => {
    world = await World.start();
    const caller = await world.peer();
    caller.shownUri = hidden;
    const dialog = await callFrom(caller);
    expect(await endedAt(caller, dialog)).toBe(hidden);
  });

  it('is followed when it sends from another port later', async () => {
    world = await World.start();
    const caller = await world.peer();
    const moved = await world.peer();
    caller.shownUri = hidden;
    const dialog = await callFrom(caller);
    const [invite] = caller.log.filter(({ direction }) => direction === 'out');
    const ok = caller.log.find(({ message }) => message.status === 200)!.message;
    const update = {
      ...invite!.message,
      method: 'UPDATE',
      body: '',
      headers: invite!.message.headers.map(([name, value]): [string, string] => {
        if (name === 'To') return [name, header(ok, 'To')!];
        if (name === 'Via') return [name, moved.via()];
        return name === 'CSeq' ? [name, '900 UPDATE'] : [name, value];
      }),
    };
    moved.send(update, world.udp);
    await moved.expect(200);
    expect(await endedAt(moved, dialog)).toBe(hidden);
  });

  it('is found at its Contact when proxies that stay out of the dialog stand between', async () => {
    world = await World.start();
    const proxy = await world.peer();
    const caller = await world.peer();
    proxy.shownUri = caller.uri('peer');
    const dialog = await callFrom(proxy, [['Via', caller.via()]]);
    expect(await endedAt(caller, dialog)).toBe(caller.uri('peer'));
  });

  it('is found at its Contact when detection is off', async () => {
    world = await World.start({ natDetection: false });
    const source = await world.peer();
    const contact = await world.peer();
    source.shownUri = contact.uri('peer');
    const dialog = await callFrom(source);
    expect(await endedAt(contact, dialog)).toBe(contact.uri('peer'));
  });
});

describe('a callee whose Contact shows another address', () => {
  it.each([
    ['itself', []],
    ['behind a proxy with a private address', [['Record-Route', '<sip:192.168.255.1;lr>']]],
  ] as [string, [string, string][]][])('%s gets ACK and BYE where its answer came from', async (_where, headers) => {
    world = await World.start();
    const app = await world.app();
    const callee = await world.peer();
    callee.shownUri = hidden;
    callee.whenever('INVITE', (invite) => callee.accept(invite, { body: sdp(), headers }));
    const dialog = await app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
    const ack = await callee.expect('ACK');
    expect(ack.uri).toBe(hidden);
    expect(header(ack, 'Route')).toBe(headers[0]?.[1]);
    expect(await endedAt(callee, dialog)).toBe(hidden);
  });
});
