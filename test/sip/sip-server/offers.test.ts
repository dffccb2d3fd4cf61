import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cseqOf, header, isAnswerTo, sdp } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import { deferred, World } from './fixture';
import type { App } from './fixture';
import type { SrfDialog, SrfRequest } from './srf';

let world: World;

beforeEach(async () => {
  world = await World.start();
});

afterEach(() => world.close());

async function placed(app: App, callee: SipPeer): Promise<{ dialog: SrfDialog; call: PeerDialog }> {
  const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
  const call = callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
  const dialog = await calling;
  await callee.expect('ACK');
  return { dialog, call };
}

describe('an INVITE without offer', () => {
  it('from a peer is answered with an offer, whose answer comes in the ACK', async () => {
    const invite = deferred<SrfRequest>();
    const ack = deferred<SrfRequest>();
    await world.app((srf) =>
      srf.invite(async (req, res) => {
        invite.resolve(req);
        (await srf.createUAS(req, res, { localSdp: sdp(7) })).on('ack', ack.resolve);
      })
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp);
    const ok = await caller.expect(200);
    expect((await invite.promise).body).toBe('');
    expect(ok.body).toBe(sdp(7));
    expect(header(ok, 'Content-Type')).toBe('application/sdp');
    call.confirm(ok).ack({ body: sdp(9) });
    expect((await ack.promise).body).toBe(sdp(9));
    expect((await ack.promise).stackDialogId).toBe(call.id);
  });

  it('of an application goes on in another one, and the ACK with its answer is repeated for a repeated 2xx', async () => {
    const [first, second] = await Promise.all([world.app(), world.app()]);
    const callee = await world.peer();
    const options = { uri: callee.uri('bob'), method: 'INVITE', headers: { 'X-Effect-Id': 'late/1' } };
    await first.request(options);
    const invite = await callee.expect('INVITE');
    expect(invite.body).toBe('');
    first.kill();
    callee.accept(invite, { body: sdp(2), tag: 'one' });
    const again = await second.request(options);
    expect((await again.response(200)).body).toBe(sdp(2));
    again.acks.at(-1)!({ body: sdp(5) });
    const ack = await callee.expect('ACK');
    expect(ack.body).toBe(sdp(5));
    expect(header(ack, 'Content-Type')).toBe('application/sdp');
    callee.accept(invite, { body: sdp(2), tag: 'one' });
    const repeated = await callee.expect('ACK', { repeats: true });
    expect(repeated.body).toBe(sdp(5));
    expect(repeated.headers).toEqual(ack.headers);
    expect(callee.count('INVITE')).toBe(1);
  });

  it('inside a dialog is answered with an offer in both directions', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const { dialog, call } = await placed(app, callee);

    const sent = await app.request({ method: 'INVITE', stackDialogId: dialog.id });
    const reinvite = await callee.expect('INVITE');
    expect(reinvite.body).toBe('');
    callee.accept(reinvite, { body: sdp(3) });
    expect((await sent.response(200)).body).toBe(sdp(3));
    sent.acks.at(-1)!({ body: sdp(4) });
    const ack = await callee.expect('ACK');
    expect({ body: ack.body, cseq: cseqOf(ack).number }).toEqual({ body: sdp(4), cseq: cseqOf(reinvite).number });
    expect(header(ack, 'Content-Type')).toBe('application/sdp');

    const acknowledged = deferred<SrfRequest>();
    dialog.on('ack', acknowledged.resolve);
    const asked = deferred<SrfRequest>();
    dialog.on('modify', (req, res) => {
      asked.resolve(req);
      res.send(200, { body: sdp(8) });
    });
    call.request('INVITE');
    expect((await callee.expect(isAnswerTo('INVITE', 200))).body).toBe(sdp(8));
    expect((await asked.promise).body).toBe('');
    call.ack({ body: sdp(9) });
    expect((await acknowledged.promise).body).toBe(sdp(9));
  });

  it('is answered with the last description when its application is gone', async () => {
    await world.close();
    world = await World.start({ ownerGraceMs: 50 });
    const app = await world.app();
    const callee = await world.peer();
    const { dialog } = await placed(app, callee);
    await app.request({ method: 'INVITE', stackDialogId: dialog.id });
    const reinvite = await callee.expect('INVITE');
    callee.respond(reinvite, 100);
    app.kill();
    callee.accept(reinvite, { body: sdp(3) });
    expect((await callee.expect('ACK')).body).toBe(sdp(1));
    expect(callee.count('BYE')).toBe(0);
  });
});

describe('the ACK of an INVITE', () => {
  it('is repeated for its 2xx also while a later INVITE is under way', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
    const invite = await callee.expect('INVITE');
    callee.accept(invite, { body: sdp(2), tag: 'one' });
    const dialog = await calling;
    const ack = await callee.expect('ACK');
    const modifying = dialog.modify(sdp(4));
    const reinvite = await callee.expect('INVITE');
    callee.accept(invite, { body: sdp(2), tag: 'one' });
    expect((await callee.expect('ACK', { repeats: true })).headers).toEqual(ack.headers);
    callee.accept(reinvite, { body: sdp(5) });
    expect(await modifying).toBe(sdp(5));
  });
});

describe('offers that cross', () => {
  it('get 491 on both sides, and the application decides when to try again', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const { dialog, call } = await placed(app, callee);
    const failure = dialog.modify(sdp(4)).catch((error: unknown) => error);
    const ours = await callee.expect('INVITE');
    call.request('INVITE', { body: sdp(5) });
    await callee.expect(isAnswerTo('INVITE', 491));
    call.ack();
    callee.respond(ours, 491);
    expect(await failure).toMatchObject({ status: 491 });
    expect(cseqOf(await callee.expect('ACK')).number).toBe(cseqOf(ours).number);
    expect(callee.count('INVITE')).toBe(2);
    dialog.on('modify', (_req, res) => res.send(200, { body: sdp(8) }));
    call.request('INVITE', { body: sdp(5) });
    await callee.expect(isAnswerTo('INVITE', 200));
    call.ack();
  });

  it('in UPDATEs get 491 too, a second one 500', async () => {
    const app = await world.app((srf) => srf.use(() => undefined));
    const callee = await world.peer();
    const { dialog, call } = await placed(app, callee);
    const updating = await app.request({ method: 'UPDATE', stackDialogId: dialog.id, body: sdp(4) });
    const ours = await callee.expect('UPDATE');
    for (const method of ['UPDATE', 'INVITE']) {
      call.request(method, { body: sdp(5) });
      await callee.expect(isAnswerTo(method, 491));
    }
    const crossing = await app.request({ method: 'INVITE', stackDialogId: dialog.id, body: sdp(6) });
    await crossing.response(491);
    callee.respond(ours, 200, { body: sdp(3) });
    expect((await updating.response(200)).body).toBe(sdp(3));
    expect(callee.count('INVITE')).toBe(1);
  });

  it('give a second UPDATE 500 while the first is unanswered', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const { dialog, call } = await placed(app, callee);
    const info = await app.request({ method: 'INFO', stackDialogId: dialog.id });
    const asked = await callee.expect('INFO');
    call.request('UPDATE', { body: sdp(5) });
    call.request('UPDATE', { body: sdp(6) });
    const refused = await callee.expect(isAnswerTo('UPDATE', 500));
    expect(cseqOf(refused).number).toBe(call.cseq);
    expect(header(refused, 'Retry-After')).toBeDefined();
    callee.respond(asked, 200);
    await info.response(200);
    await callee.expect(isAnswerTo('UPDATE', 200));
  });
});
