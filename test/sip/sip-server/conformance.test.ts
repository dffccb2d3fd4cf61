import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cseqOf, header, isAnswerTo, sdp, tagIn } from '../../support/sip-peer';
import type { ReceivedMessage, SipPeer } from '../../support/sip-peer';
import { formatPeerMessage } from '../../support/sip-peer-message';
import { World } from './fixture';

/** What drachtio-srf relies on and no other file here shows; docs/sip-server.md lists where each rule is shown. */
let world: World;

beforeEach(async () => {
  world = await World.start();
});

afterEach(() => world.close());

const digest: [string, string] = ['WWW-Authenticate', 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"'];
const auth = { username: 'u', password: 'p' };

/** Call-ID and From tag, which a second attempt keeps. */
const identity = (message: ReceivedMessage): unknown => [header(message, 'Call-ID'), tagIn(header(message, 'From'))];

describe('a second attempt after a challenge', () => {
  it('to REGISTER keeps Call-ID and From tag, has the next CSeq and goes where the challenge came from', async () => {
    const app = await world.app();
    const registrar = await world.peer();
    const uri = `sip:localhost:${registrar.port}`;
    const headers = { To: 'sip:u@example.test', From: 'sip:u@example.test', Contact: '<sip:u@localhost>;expires=60' };
    const sent = await app.request({ uri, method: 'REGISTER', headers, auth });
    const first = await registrar.expect('REGISTER');
    registrar.respond(first, 401, { headers: [digest] });
    const second = await registrar.expect('REGISTER');
    registrar.respond(second, 200, { headers: [['Contact', header(second, 'Contact')!]] });
    expect(identity(second)).toEqual(identity(first));
    expect(cseqOf(second).number).toBe(cseqOf(first).number + 1);
    expect(second.uri).toBe(uri);
    expect(header(second, 'Contact')).toBe(`<sip:u@127.0.0.1:${world.udp.port}>;expires=60`);
    expect(header(second, 'Authorization')).toMatch(/^Digest username="u".*nonce="n"/);
    expect((await sent.response(200)).status).toBe(200);
  });

  it('to a re-INVITE goes on in the dialog, and the refused one is acknowledged', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp(), auth });
    callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
    const dialog = await calling;
    await callee.expect('ACK');
    const modifying = dialog.modify(sdp(3));
    const first = await callee.expect('INVITE');
    callee.respond(first, 401, { headers: [digest] });
    expect(cseqOf(await callee.expect('ACK')).number).toBe(cseqOf(first).number);
    const second = await callee.expect('INVITE');
    expect(identity(second)).toEqual(identity(first));
    expect(cseqOf(second).number).toBe(cseqOf(first).number + 1);
    expect(header(second, 'Authorization')).toMatch(/^Digest username="u"/);
    callee.respond(second, 200, { body: sdp(4), headers: [['Contact', callee.contact]] });
    const ack = await callee.expect('ACK');
    expect(cseqOf(ack).number).toBe(cseqOf(second).number);
    expect(header(ack, 'Authorization')).toBe(header(second, 'Authorization'));
    await expect(modifying).resolves.toBe(sdp(4));
  });
});

describe('a cancelled call of a back-to-back user agent', () => {
  it('whose far leg answered all the same is ended there', async () => {
    const callee = await world.peer();
    await world.app((srf) =>
      srf.invite((req, res) => srf.createB2BUA(req, res, callee.uri('bob'), {}).catch(() => undefined))
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp(1) });
    const invite = await callee.expect('INVITE');
    callee.respond(invite, 180, { tag: 'far' });
    await caller.expect(180);
    call.cancel();
    await caller.expect(487);
    callee.respond(await callee.expect('CANCEL'), 200);
    callee.accept(invite, { body: sdp(2), tag: 'far' });
    await callee.expect('ACK');
    callee.respond(await callee.expect('BYE'), 200);
    expect(caller.count(isAnswerTo('INVITE', 200))).toBe(0);
  });
});

describe('a peer in a hurry', () => {
  it('has its ACK and BYE handled after the answer was confirmed to the application, in forty calls at once', async () => {
    const strays: string[] = [];
    let ended = 0;
    await world.app((srf) => {
      // drachtio-srf lets through what belongs to no dialog that it knows of.
      srf.use((req, _res, next) => {
        if (!req.isNewInvite) strays.push(req.method);
        next();
      });
      srf.invite(async (req, res) => {
        const dialog = await srf.createUAS(req, res, { localSdp: sdp(7) });
        dialog.on('destroy', () => ended++);
      });
    });
    const talk = async (caller: SipPeer): Promise<void> => {
      const call = caller.dial(world.udp, { body: sdp() });
      call.confirm(await caller.expect(200)).ack();
      call.request('BYE');
      await caller.expect(isAnswerTo('BYE', 200));
    };
    const callers = await Promise.all(Array.from({ length: 40 }, () => world.peer()));
    await Promise.all(callers.map(talk));
    expect([ended, strays]).toEqual([40, []]);
  });
});

describe('a re-INVITE without body and Content-Length', () => {
  it('is answered by the application with its last description', async () => {
    await world.app((srf) => srf.invite((req, res) => srf.createUAS(req, res, { localSdp: sdp(7) })));
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    call.confirm(await caller.expect(200)).ack();
    const bare = formatPeerMessage(call.build('INVITE', call.cseq + 1)).replace(/Content-Length: 0\r\n/, '');
    caller.send(bare, call.server);
    const ok = await caller.expect(isAnswerTo('INVITE', 200));
    expect(ok.body).toBe(sdp(7));
  });
});
