import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Authority } from '../../support/certificates';
import { header, sdp } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
import type { SettingsInput } from '../../../sip-server/settings';
import { deferred, World } from './fixture';
import type { SrfDialog, SrfRequest } from './srf';

let authority: Authority;
let world: World;

beforeAll(() => {
  authority = new Authority();
  authority.issue('server');
  authority.issue('peer');
});

afterAll(() => authority.remove());

afterEach(() => world.close());

type Tls = NonNullable<SettingsInput['tls']>;

function start(settings: Partial<Tls> = {}): Promise<World> {
  const listen = [
    { protocol: 'udp' as const, address: '127.0.0.1', port: 0 },
    { protocol: 'tls' as const, address: '127.0.0.1', port: 0 },
  ];
  return World.start({ listen, tls: { ...filesOf('server'), caFile: authority.certFile, ...settings } });
}

function filesOf(name: string): { certFile: string; keyFile: string } {
  return { certFile: `${authority.folder}/${name}.pem`, keyFile: `${authority.folder}/${name}.key` };
}

function tlsPeer(name = 'peer'): Promise<SipPeer> {
  return world.peer({ protocol: 'tls', credentials: authority.credentials(filesOf(name)) });
}

describe('a call over TLS', () => {
  it('comes in, and its dialog stays on the connection', async () => {
    world = await start();
    const seen = deferred<SrfRequest>();
    const made = deferred<SrfDialog>();
    await world.app((srf) =>
      srf.invite((req, res) => {
        seen.resolve(req);
        void srf.createUAS(req, res, { localSdp: sdp(7) }).then((dialog) => made.resolve(dialog));
      })
    );
    const caller = await tlsPeer();
    const call = caller.dial(world.at('tls'), { body: sdp() });
    const ok = await caller.expect(200);
    call.confirm(ok).ack();
    expect(header(ok, 'Contact')).toBe(`<sip:127.0.0.1:${world.at('tls').port};transport=tls>`);
    expect(await seen.promise).toMatchObject({ protocol: 'tls', source_address: '127.0.0.1' });
    await Promise.all([(await made.promise).destroy(), caller.expect('BYE').then((bye) => caller.respond(bye, 200))]);
    expect(new Set(caller.log.map(({ remote }) => remote.port)).size).toBe(1);
  });

  it('goes out to a peer whose certificate names the address, and uses that connection again', async () => {
    world = await start();
    const app = await world.app();
    const callee = await tlsPeer();
    const answered = callee.expect('INVITE').then((invite) => callee.accept(invite, { body: sdp() }));
    const dialog = await app.srf.createUAC(callee.uri('bob'), {
      localSdp: sdp(),
      headers: { Contact: '<sip:bot@localhost>' },
    });
    await answered;
    const invite = callee.log.find(({ message }) => message.method === 'INVITE')!.message;
    expect(header(invite, 'Via')).toMatch(/^SIP\/2\.0\/TLS 127\.0\.0\.1:/);
    expect(header(invite, 'Contact')).toBe(`<sip:bot@127.0.0.1:${world.at('tls').port};transport=tls>`);
    await Promise.all([dialog.destroy(), callee.expect('BYE').then((bye) => callee.respond(bye, 200))]);
    const options = await app.request({ uri: callee.uri('bob'), method: 'OPTIONS' });
    callee.respond(await callee.expect('OPTIONS'), 200);
    await options.response(200);
    expect(new Set(callee.log.map(({ remote }) => remote.port)).size).toBe(1);
  });

  it('has a sips Contact when it is to a sips URI', async () => {
    world = await start();
    const app = await world.app((srf) => srf.invite((req, res) => void srf.createUAS(req, res, { localSdp: sdp(7) })));
    const peer = await tlsPeer();
    await app.request({ uri: `sips:bob@127.0.0.1:${peer.port}`, method: 'INVITE', body: sdp() });
    const invite = await peer.expect('INVITE');
    expect(header(invite, 'Contact')).toBe(`<sips:127.0.0.1:${world.at('tls').port}>`);
    peer.respond(invite, 486);
    peer.dial(world.at('tls'), { to: `sips:4000@127.0.0.1:${world.at('tls').port}`, body: sdp() });
    expect(header(await peer.expect(200), 'Contact')).toBe(`<sips:127.0.0.1:${world.at('tls').port}>`);
  });

  it('is answered over a new connection when its own is gone', async () => {
    world = await start();
    const answer = deferred<() => void>();
    await world.app((srf) => srf.message((_req, res) => answer.resolve(() => res.send(200))));
    const caller = await tlsPeer();
    caller.request('MESSAGE', world.at('tls'), { body: 'hello', contentType: 'text/plain' });
    const send = await answer.promise;
    caller.dropConnections();
    send();
    expect(await caller.expect(200)).toBeDefined();
  });
});

describe('a peer over TLS', () => {
  it.each([
    ['whose certificate names another', {}],
    ['whose authority is not trusted', { caFile: undefined }],
  ])('%s is told nothing', async (_why, settings) => {
    world = await start(settings);
    authority.issue('stranger', { names: ['DNS:stranger.example'] });
    const app = await world.app();
    const stranger = await tlsPeer('stranger');
    const sent = await app.request({ uri: stranger.uri('bob'), method: 'OPTIONS' });
    await sent.response(503);
    expect(stranger.log).toEqual([]);
  });

  it('is taken as it is when verification is off', async () => {
    world = await start({ verify: 'none' });
    authority.issue('stranger', { names: ['DNS:stranger.example'] });
    const app = await world.app();
    const stranger = await tlsPeer('stranger');
    const sent = await app.request({ uri: stranger.uri('bob'), method: 'OPTIONS' });
    stranger.respond(await stranger.expect('OPTIONS'), 200);
    expect(await sent.response(200)).toMatchObject({ status: 200 });
  });

  it('sees a new certificate on new connections, and the old ones go on', async () => {
    world = await start();
    const before = await tlsPeer();
    const ask = async (peer: SipPeer): Promise<void> => {
      peer.request('OPTIONS', world.at('tls'));
      await peer.expect(200);
    };
    await ask(before);
    const serial = await serialShown();
    authority.issue('server');
    world.server.reloadTls();
    expect(await serialShown()).not.toBe(serial);
    await ask(before);
    expect(new Set(before.log.map(({ remote }) => remote.port)).size).toBe(1);
  });

  it('that says nothing, or nothing of TLS, does not keep the server from stopping', async () => {
    world = await start();
    const silent = net.connect(world.at('tls').port, '127.0.0.1');
    const strange = net.connect(world.at('tls').port, '127.0.0.1');
    await Promise.all([once(silent, 'connect'), once(strange, 'connect')]);
    strange.on('error', () => undefined).write('OPTIONS sip:a@b SIP/2.0\r\n\r\n');
    await once(strange, 'close');
    await world.server.stop();
    if (!silent.closed) await once(silent, 'close');
    expect(silent.destroyed).toBe(true);
  });
});

async function serialShown(): Promise<string> {
  const socket = tls.connect({ ...world.at('tls'), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}
