import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cseqOf, sdp } from '../../support/sip-peer';
import type { ReceivedMessage, SipPeer } from '../../support/sip-peer';
import type { RequestOptions, SentBySrf } from './fixture';
import { ping } from './fixture';
import { RestartWorld } from './restart-world';
import type { ManualApp } from './restart-world';

/** The server is killed while requests of applications are in it, and started again on its store. */

let world: RestartWorld;
let app: ManualApp;

afterEach(() => world.close());

const isFinalOf =
  (method: string) =>
  (message: ReceivedMessage): boolean =>
    (message.status ?? 0) >= 200 && cseqOf(message).method === method;

/** The application is connected again and its routes are in. */
async function restarted(): Promise<void> {
  const connected = new Promise<void>((resolve) => app.srf.on('connect', () => resolve()));
  await world.server.restart();
  await connected;
  await ping(app.srf);
}

/** How often the very bytes of a request came. */
function copies(peer: SipPeer, request: ReceivedMessage): number {
  const { method } = request;
  const texts = peer.log.filter(({ direction, message }) => direction === 'in' && message.method === method);
  expect(new Set(texts.map(({ text }) => text)).size).toBe(1);
  return texts.length;
}

describe.each(['udp', 'tcp'] as const)('over %s, a server killed', (protocol) => {
  let peer: SipPeer;
  let invite: RequestOptions;

  beforeEach(async () => {
    world = await RestartWorld.start(['--owner-grace-ms', '20000']);
    app = await world.manualApp();
    peer = await world.peer(protocol);
    const headers = { 'X-Effect-Id': 'call/invite/1', contact: '<sip:localhost>' };
    invite = { uri: peer.uri('bob'), method: 'INVITE', headers, body: sdp(7) };
  });

  it('with an unanswered INVITE sends it again byte for byte, and a repeated frame gets what comes', async () => {
    const first = await app.request(invite);
    const received = await peer.expect('INVITE');
    await restarted();
    const second = await app.request(invite);
    while (copies(peer, received) < 2) await peer.expect('INVITE', { repeats: true });
    const again = onNewWay(received);
    peer.respond(again, 180);
    await second.response(180);
    peer.respond(again, 486);
    await second.response(486);
    expect(second.req.stackTxnId).toBe(first.req.stackTxnId);
    await peer.expect('ACK');
  });

  it('with a ringing INVITE goes on with it, and cancels it on the word of another application', async () => {
    const first = await app.request(invite);
    const received = await peer.expect('INVITE');
    peer.respond(received, 180);
    await first.response(180);
    await restarted();
    const second = await app.request(invite);
    await second.response(180);
    await app.request({ method: 'CANCEL', stackTxnId: 'call/invite/1' });
    peer.respond(await peer.expect('CANCEL'), 200);
    peer.respond(onNewWay(received), 487);
    await second.response(487);
    expect(copies(peer, received)).toBe(1);
  });

  it('after the CANCEL of an INVITE still has its outcome', async () => {
    const first = await app.request(invite);
    const received = await peer.expect('INVITE');
    peer.respond(received, 180);
    await first.response(180);
    await app.request({ method: 'CANCEL', stackTxnId: first.req.stackTxnId });
    await peer.expect('CANCEL');
    await restarted();
    const second = await app.request(invite);
    peer.respond(await peer.expect('CANCEL', { repeats: true }), 200);
    peer.respond(onNewWay(received), 487);
    const { status } = await second.response(487);
    expect(status).toBe(487);
  });

  it('between the 200 and its ACK takes the ACK of a repeated frame', async () => {
    const first = await app.request(invite);
    const dialog = peer.accept(await peer.expect('INVITE'), { body: sdp(3) });
    await first.response(200);
    await restarted();
    const second = await app.request(invite);
    const answered = await second.response(200);
    second.acks[0]?.();
    await peer.expect('ACK', { repeats: true });
    // Over TCP the connection that the dialog came by is gone.
    peer.send(dialog.build('INFO', dialog.cseq + 1), world.sip);
    const info = await app.next('INFO');
    expect(info.req.stackDialogId).toBe(answered.stackDialogId);
    info.res.send(200);
    await peer.expect(isFinalOf('INFO'));
  });

  it.each(['INFO', 'REFER', 'BYE', 'INVITE'])(
    'with an unanswered %s in a call sends it again byte for byte',
    async (method) => {
      const call = await world.callUp(peer, app);
      const headers = { 'X-Effect-Id': `call/${method}/1`, 'Refer-To': '<sip:carol@127.0.0.1>' };
      const options = { method, stackDialogId: call.id, headers, ...(method === 'INVITE' && { body: sdp(8) }) };
      const first = await app.request(options);
      const received = await peer.expect(method);
      await restarted();
      const second = await app.request(options);
      while (copies(peer, received) < 2) await peer.expect(method, { repeats: true });
      peer.respond(onNewWay(received), 202, { headers: [['Contact', peer.contact]] });
      await second.response(202);
      expect(second.req.stackTxnId).toBe(first.req.stackTxnId);
    }
  );

  it('with a call up lets both sides go on with it', async () => {
    const call = await world.callUp(peer, app);
    await restarted();
    const refer = await app.request({
      method: 'REFER',
      stackDialogId: call.id,
      headers: { 'Refer-To': '<sip:c@127.0.0.1>' },
    });
    const received = await peer.expect('REFER');
    peer.respond(received, 202, { headers: [['Contact', peer.contact]] });
    await refer.response(202);
    const offer = await app.request({ method: 'INVITE', stackDialogId: call.id, body: sdp(8) });
    const reinvite = await peer.expect('INVITE');
    expect(cseqOf(reinvite).number).toBe(cseqOf(received).number + 1);
    peer.respond(reinvite, 200, { headers: [['Contact', peer.contact]], body: sdp(4) });
    await offer.response(200);
    offer.acks[0]?.();
    await peer.expect('ACK');
    call.request('NOTIFY', { headers: [['Event', 'refer']] });
    (await app.next('NOTIFY')).res.send(200);
    await peer.expect(isFinalOf('NOTIFY'));
    await world.server.restart();
    call.request('BYE');
    (await app.next('BYE')).res.send(200);
    await peer.expect(isFinalOf('BYE'));
  });
});

describe('a server killed', () => {
  it('remembers what came back for an effect that is settled', async () => {
    world = await RestartWorld.start();
    app = await world.manualApp();
    const peer = await world.peer('udp');
    const call = await world.callUp(peer, app);
    const options = { method: 'INFO', stackDialogId: call.id, headers: { 'X-Effect-Id': 'call/info/1' } };
    const first = await app.request(options);
    peer.respond(await peer.expect('INFO'), 415);
    await first.response(415);
    await restarted();
    const second = await app.request(options);
    await second.response(415);
    expect(second.req.stackTxnId).toBe(first.req.stackTxnId);
    expect(peer.count('INFO')).toBe(1);
  });

  it('ends an INVITE that nobody takes over: CANCEL while it rings, ACK and BYE when it was answered', async () => {
    world = await RestartWorld.start(['--owner-grace-ms', '300']);
    app = await world.manualApp();
    const [ringing, answering] = [await world.peer('udp'), await world.peer('udp')];
    const call = (peer: SipPeer): Promise<SentBySrf> =>
      app.request({ uri: peer.uri('bob'), method: 'INVITE', headers: { contact: '<sip:localhost>' }, body: sdp(7) });
    const rings = await call(ringing);
    await call(answering);
    ringing.respond(await ringing.expect('INVITE'), 180);
    await rings.response(180);
    app.kill();
    await world.server.kill();
    await world.server.start();
    answering.accept(await answering.expect('INVITE'), { body: sdp(3) });
    expect((await ringing.expect('CANCEL')).method).toBe('CANCEL');
    expect((await answering.expect('ACK')).method).toBe('ACK');
    expect((await answering.expect('BYE')).method).toBe('BYE');
  });
});

/** Answered over a connection of the peer's own: the one that it came by is gone. */
function onNewWay(request: ReceivedMessage): ReceivedMessage {
  return { ...request, from: world.sip };
}
