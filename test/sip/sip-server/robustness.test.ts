import dgram from 'node:dgram';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cseqOf, header, isAnswerTo, sdp } from '../../support/sip-peer';
import { deferred, World } from './fixture';

let world: World;

beforeEach(async () => {
  world = await World.start();
});

afterEach(() => world.close());

describe('an UPDATE', () => {
  it('waits while a request of the application is open, which drachtio-srf would confuse it with', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
    const call = callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
    const dialog = await calling;
    await callee.expect('ACK');
    const asking = dialog.request({ method: 'INFO' });
    const info = await callee.expect('INFO');
    call.request('UPDATE', { body: sdp(3) });
    call.request('UPDATE');
    const refresh = await callee.expect(isAnswerTo('UPDATE', 200));
    expect(cseqOf(refresh).number).toBe(call.cseq);
    callee.respond(info, 200);
    await asking;
    const answer = await callee.expect(isAnswerTo('UPDATE', 200));
    expect(cseqOf(answer).number).toBe(call.cseq - 1);
    expect(header(answer, 'Contact')).toBeDefined();
  });
});

describe('a dialog over TCP', () => {
  it('stays on its connection while that is open and finds the peer again afterwards', async () => {
    const app = await world.app((srf) => srf.invite((req, res) => srf.createUAS(req, res, { localSdp: sdp(7) })));
    const caller = await world.peer('tcp');
    const call = caller.dial(world.tcp, { body: sdp() });
    call.confirm(await caller.expect(200)).ack();
    await app.request({ method: 'INFO', stackDialogId: call.id });
    expect((await caller.expect('INFO')).from.port).toBe(world.tcp.port);
    caller.dropConnections();
    const again = await app.request({ method: 'INFO', stackDialogId: call.id });
    const info = await caller.expect((message) => message.method === 'INFO' && message.from.port !== world.tcp.port);
    caller.respond(info, 200);
    expect((await again.response(200)).status).toBe(200);
  });
});

describe('hostile input', () => {
  const nasty = [
    '\r\n\r\n\r\n',
    'INVITE sip:x SIP/2.0\r\n\r\n',
    'INVITE sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx\r\nFrom: <a>\r\nTo: <\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n',
    'SIP/2.0 200 OK\r\nVia: x\r\n\r\n',
    `OPTIONS sip:x@y SIP/2.0\r\nX: ${'a'.repeat(60_000)}`,
    'INVITE sip:x@y SIP/2.0\r\nContent-Length: 99999999\r\n\r\n',
    '\0\u0001\u0002'.repeat(100),
  ];

  it('on SIP ports leaves the server at work', async () => {
    await world.app((srf) => srf.invite((_req, res) => res.send(486)));
    const udp = dgram.createSocket('udp4');
    for (const text of nasty) udp.send(text, world.udp.port, '127.0.0.1');
    const tcp = nasty.map((text) => {
      const socket = net.connect(world.tcp.port, '127.0.0.1', () => socket.write(text));
      return socket.on('error', () => undefined);
    });
    const caller = await world.peer();
    caller.dial(world.udp, { body: sdp() });
    expect(await caller.expect(486)).toBeDefined();
    for (const socket of tcp) socket.destroy();
    udp.close();
  });

  it('in Call-ID and tags cannot break the frames of applications', async () => {
    const seen = deferred<string>();
    await world.app((srf) =>
      srf.invite((req, res) => {
        seen.resolve(req.stackTxnId);
        res.send(486);
      })
    );
    const caller = await world.peer();
    const hostile = caller.dial(world.udp, { body: sdp() }).build('INVITE', 7, { body: sdp() });
    await caller.expect(486);
    hostile.headers = hostile.headers.map(([name, value]) => [name, name === 'Call-ID' ? 'a|b|c' : value]);
    caller.send(hostile, world.udp);
    expect((await caller.expect(400)).status).toBe(400);
    expect(await seen.promise).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('answers of applications', () => {
  it('keep From and To of the request, and take localhost in Contact for the server', async () => {
    await world.app((srf) =>
      srf.invite((req, res) =>
        srf.createUAS(req, res, { localSdp: sdp(7), headers: { Contact: '<sip:bot@localhost>' } })
      )
    );
    const caller = await world.peer();
    const to = `sip:bot@localhost:${world.udp.port}`;
    const call = caller.dial(world.udp, { body: sdp(), to });
    const ok = await caller.expect(200);
    expect(header(ok, 'To')).toMatch(new RegExp(`^<${to}>;tag=`));
    expect(header(ok, 'Contact')).toBe(`<sip:bot@127.0.0.1:${world.udp.port}>`);
    call.confirm(ok).ack();
  });
});
