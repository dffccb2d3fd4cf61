import { afterEach, describe, expect, it } from '@jest/globals';
import { cseqOf, header, headers, isAnswerTo, sdp, tagIn, uriIn } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import { deferred, FAST, World } from './fixture';
import type { App } from './fixture';
import type { SrfDialog } from './srf';

let world: World;

afterEach(() => world.close());

/** A call that an application placed to `callee`. */
async function placed(app: App, callee: SipPeer): Promise<{ dialog: SrfDialog; call: PeerDialog }> {
  const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
  const call = callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
  const dialog = await calling;
  await callee.expect('ACK');
  return { dialog, call };
}

describe('requests of peers that no application sees', () => {
  it('refuses an INVITE that requires what the server does not know', async () => {
    world = await World.start();
    const seen: string[] = [];
    await world.app((srf) => srf.invite((req) => seen.push(req.method)));
    const caller = await world.peer();
    caller.dial(world.udp, { body: sdp(), headers: [['Require', '100rel, timer, x, y']] });
    expect(header(await caller.expect(420), 'Unsupported')).toBe('x, y');
    expect(seen).toEqual([]);
  });

  it.each(['INFO', 'BYE', 'INVITE', 'UPDATE', 'REFER', 'NOTIFY', 'OPTIONS'])(
    'answers 481 to %s in an unknown dialog',
    async (method) => {
      world = await World.start();
      await world.app((srf) => srf.invite(() => undefined));
      const peer = await world.peer();
      const call = peer.dial(world.udp);
      call.remoteTag = 'nobody';
      call.request(method);
      expect(cseqOf(await peer.expect(481)).method).toBe(method);
    }
  );

  it('answers OPTIONS when no application wants it', async () => {
    world = await World.start();
    const peer = await world.peer();
    peer.request('OPTIONS', world.udp);
    expect(await peer.expect(200)).toBeDefined();
  });

  it('answers BYE outside of a dialog with 481', async () => {
    world = await World.start();
    const peer = await world.peer();
    peer.request('BYE', world.udp);
    expect(await peer.expect(481)).toBeDefined();
  });

  it('refuses requests out of order and INVITEs that cross', async () => {
    world = await World.start();
    const app = await world.app();
    const callee = await world.peer();
    const { dialog, call } = await placed(app, callee);
    call.request('INFO');
    await callee.expect(isAnswerTo('INFO', 200));
    call.request('INFO', { cseq: call.cseq - 1 });
    await callee.expect(isAnswerTo('INFO', 500));
    call.cseq += 5;

    const modifying = dialog.modify(sdp(4));
    const ours = await callee.expect('INVITE');
    call.request('INVITE', { body: sdp(5) });
    await callee.expect(isAnswerTo('INVITE', 491));
    call.ack();
    callee.accept(ours, { body: sdp(6) });
    await modifying;
    await callee.expect('ACK');

    dialog.on('modify', () => undefined);
    call.request('INVITE', { body: sdp(7) });
    await callee.expect(isAnswerTo('INVITE', 100));
    call.request('INVITE', { body: sdp(8) });
    expect(header(await callee.expect(isAnswerTo('INVITE', 500)), 'Retry-After')).toBeDefined();
    const sent = await app.request({ method: 'INVITE', stackDialogId: dialog.id, body: sdp(9) });
    await sent.response(491);
    expect(callee.count('INVITE')).toBe(2);
  });

  it('answers a BYE that ends an unanswered INVITE, which gets 487', async () => {
    world = await World.start();
    const cancelled = deferred();
    await world.app((srf) =>
      srf.invite((req, res) => {
        req.on('cancel', cancelled.resolve);
        res.send(180);
      })
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    call.remoteTag = tagIn(header(await caller.expect(180), 'To'));
    call.request('BYE');
    await caller.expect(isAnswerTo('INVITE', 487));
    expect(tagIn(header(await caller.expect(isAnswerTo('BYE', 200)), 'To'))).toBe(call.remoteTag);
    await cancelled.promise;
  });
});

describe('requests of applications that get no answer', () => {
  it('end in 408 when the peer is silent', async () => {
    world = await World.start(FAST);
    const app = await world.app();
    const silent = await world.peer();
    const info = await app.request({
      uri: silent.uri('x'),
      method: 'MESSAGE',
      body: 'x',
      headers: { 'Content-Type': 'a/b' },
    });
    const invite = await app.request({ uri: silent.uri('x'), method: 'INVITE', body: sdp() });
    expect((await info.response(408)).status).toBe(408);
    expect((await invite.response(408)).status).toBe(408);
  });

  it('end in 503 when the peer refuses the connection', async () => {
    world = await World.start();
    const app = await world.app();
    const gone = await world.peer('tcp');
    const uri = gone.uri('x');
    await gone.close();
    const sent = await app.request({ uri, method: 'INVITE', body: sdp() });
    expect((await sent.response(503)).status).toBe(503);
  });

  it('end in 503 when the name cannot be resolved', async () => {
    world = await World.start();
    const app = await world.app();
    const sent = await app.request({ uri: 'sip:x@does-not-exist.invalid', method: 'INVITE', body: sdp() });
    expect((await sent.response(503)).status).toBe(503);
  });

  it('leave a dialog that an INVITE can still be made of after a challenge', async () => {
    world = await World.start();
    const app = await world.app();
    const callee = await world.peer();
    const auth = { username: 'u', password: 'p' };
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp(), auth });
    const first = await callee.expect('INVITE');
    callee.respond(first, 407, { headers: [['Proxy-Authenticate', 'Digest realm="r", nonce="n", algorithm=MD5']] });
    const second = await callee.expect('INVITE');
    expect(header(second, 'Call-ID')).toBe(header(first, 'Call-ID'));
    expect(tagIn(header(second, 'From'))).toBe(tagIn(header(first, 'From')));
    expect(cseqOf(second).number).toBe(cseqOf(first).number + 1);
    callee.accept(second, { body: sdp(2) });
    const dialog = await calling;
    const ack = await callee.expect(
      (message) => message.method === 'ACK' && cseqOf(message).number === cseqOf(second).number
    );
    expect(header(ack, 'Proxy-Authorization')).toBe(header(second, 'Proxy-Authorization'));
    const ending = dialog.destroy();
    callee.respond(await callee.expect('BYE'), 200);
    await ending;
  });
});

describe('routes', () => {
  const beyond = '10.9.9.9';

  it.each([
    {
      kind: 'loose',
      suffix: ';lr',
      expected: (router: string, caller: string) => ({ uri: caller, routes: [`<${router};lr>`, `<sip:${beyond};lr>`] }),
    },
    {
      kind: 'strict',
      suffix: '',
      expected: (router: string, caller: string) => ({ uri: router, routes: [`<sip:${beyond}>`, `<${caller}>`] }),
    },
  ])('follow a $kind Record-Route of the caller', async ({ suffix, expected }) => {
    world = await World.start();
    const app = await world.app((srf) => srf.invite((req, res) => srf.createUAS(req, res, { localSdp: sdp(7) })));
    const [caller, router] = await Promise.all([world.peer(), world.peer()]);
    const first = `sip:127.0.0.1:${router.port}`;
    const recorded = `<${first}${suffix}>, <sip:${beyond}${suffix}>`;
    const call = caller.dial(world.udp, { body: sdp(), headers: [['Record-Route', recorded]] });
    const ok = await caller.expect(200);
    expect(headers(ok, 'Record-Route').join(', ')).toBe(recorded);
    call.confirm(ok).ack();
    await app.request({ method: 'INFO', stackDialogId: call.id });
    const info = await router.expect('INFO');
    expect({ uri: info.uri, routes: headers(info, 'Route') }).toEqual(expected(first, uriIn(caller.contact)));
  });
});
