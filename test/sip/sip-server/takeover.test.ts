import { afterEach, describe, expect, it } from '@jest/globals';
import { header, isAnswerTo, sdp } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import type { AnsweringApp } from './answering-app';
import { answering } from './answering-app';
import { deferred, World } from './fixture';
import type { SrfRequest, SrfResponse } from './srf';

let world: World;

afterEach(() => world.close());

/** A call that `app` answered and of whose ACK it knows. */
async function callTo(app: AnsweringApp, caller: SipPeer): Promise<PeerDialog> {
  const call = caller.dial(world.udp, { body: sdp() });
  call.confirm(await caller.expect(200)).ack();
  await app.acknowledged;
  return call;
}

describe('a dialog whose application died', () => {
  it('sends BYE to an application with the same tags, which was not the creator', async () => {
    world = await World.start();
    const first = await answering(world, 't1', ['call', 'a']);
    const caller = await world.peer();
    const call = await callTo(first, caller);
    const other = await answering(world, 't2', ['other']);
    const second = await answering(world, 't2', ['a', 'call']);
    first.kill();
    call.request('INFO', { body: 'x', contentType: 'text/plain' });
    await caller.expect(isAnswerTo('INFO', 200));
    call.request('BYE');
    await caller.expect(isAnswerTo('BYE', 200));
    expect(second.seen.map((req) => req.method)).toEqual(['INFO', 'BYE']);
    expect(second.seen.map((req) => req.stackDialogId)).toEqual([call.id, call.id]);
    expect(other.seen).toEqual([]);
  });

  it('sends requests to an application that has its tags among others when none has just these', async () => {
    world = await World.start();
    const first = await answering(world, 't1', ['call']);
    const caller = await world.peer();
    const call = await callTo(first, caller);
    const other = await answering(world, 't2', ['other']);
    const able = await answering(world, 't2', ['other', 'call', 'more']);
    first.kill();
    for (const method of ['INFO', 'BYE']) {
      call.request(method);
      await caller.expect(isAnswerTo(method, 200));
    }
    expect([able.seen.map((req) => req.method), other.seen]).toEqual([['INFO', 'BYE'], []]);
  });

  it('takes requests from another application by its dialog id', async () => {
    world = await World.start();
    const first = await answering(world, 't1');
    const caller = await world.peer();
    const call = await callTo(first, caller);
    first.kill();
    const second = await answering(world, 't2');
    const sent = await second.request({ method: 'BYE', stackDialogId: call.id });
    caller.respond(await caller.expect('BYE'), 200);
    expect((await sent.response(200)).status).toBe(200);
    await expect(second.request({ method: 'INFO', stackDialogId: call.id })).rejects.toMatchObject({
      code: 'ENODIALOG',
    });
  });

  it('keeps a BYE that nobody could take, answers it, and tells the next application', async () => {
    world = await World.start({ answerAfterMs: 50 });
    const first = await answering(world, 't1');
    const caller = await world.peer();
    const call = await callTo(first, caller);
    first.kill();
    call.request('BYE');
    await caller.expect(isAnswerTo('BYE', 200));
    const told = deferred<{ req: SrfRequest; error: string | null }>();
    await world.app((srf) =>
      srf.use((req, res) => {
        res.send(200, (error) => told.resolve({ req, error }));
      })
    );
    const { req, error } = await told.promise;
    expect(req.method).toBe('BYE');
    expect(req.stackDialogId).toBe(call.id);
    expect(error).toMatch(/answered already/);
  });

  it('is answered for when its application hangs, whose late answer then fails', async () => {
    world = await World.start({ answerAfterMs: 50 });
    const held = deferred<SrfResponse>();
    await world.app((srf) =>
      srf.invite(async (req, res) => {
        const dialog = await srf.createUAS(req, res, { localSdp: sdp(7) });
        dialog.on('info', (_info, answer) => held.resolve(answer));
      })
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    call.confirm(await caller.expect(200)).ack();
    call.request('INFO', { body: 'x', contentType: 'text/plain' });
    const answer = await held.promise;
    await caller.expect(isAnswerTo('INFO', 200));
    const error = await new Promise((resolve) => answer.send(488, resolve));
    expect(error).toMatch(/answered already/);
    expect(caller.count(488)).toBe(0);
  });

  it('refuses a changed session with Retry-After when nobody answers, and forgets it', async () => {
    world = await World.start({ answerAfterMs: 50 });
    const first = await answering(world, 't1');
    const caller = await world.peer();
    const call = await callTo(first, caller);
    first.kill();
    call.request('INVITE', { body: sdp(2) });
    expect(header(await caller.expect(isAnswerTo('INVITE', 500)), 'Retry-After')).toBe('2');
    call.ack();
    call.request('UPDATE');
    await caller.expect(isAnswerTo('UPDATE', 200));
    const second = await answering(world, 't2');
    call.request('INFO');
    await caller.expect(isAnswerTo('INFO', 200));
    expect(second.seen.map((req) => req.method)).toEqual(['INFO']);
  });

  it('goes on with a session as it is when nobody answers its refresh, with its description of it', async () => {
    world = await World.start({ answerAfterMs: 50 });
    const first = await answering(world, 't1');
    const caller = await world.peer();
    const call = await callTo(first, caller);
    first.kill();
    call.request('INVITE', { body: sdp() });
    expect((await caller.expect(isAnswerTo('INVITE', 200))).body).toBe(sdp(7));
    call.ack();
    await answering(world, 't2');
    call.request('INFO');
    await caller.expect(isAnswerTo('INFO', 200));
    expect(caller.count(isAnswerTo('INVITE', 200))).toBe(2);
  });

  it('delivers a NOTIFY again with the same transaction id when its holder dies', async () => {
    world = await World.start();
    const held = deferred<SrfRequest>();
    const first = await world.app((srf) => {
      srf.invite((req, res) =>
        srf.createUAS(req, res, { localSdp: sdp(7) }).then((dlg) => dlg.on('notify', held.resolve))
      );
    });
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    call.confirm(await caller.expect(200)).ack();
    const second = await answering(world, 't2');
    call.request('NOTIFY', {
      headers: [
        ['Event', 'refer'],
        ['Subscription-State', 'active'],
      ],
      body: 'SIP/2.0 180 Ringing',
      contentType: 'message/sipfrag',
    });
    const notify = await held.promise;
    first.kill();
    await caller.expect(isAnswerTo('NOTIFY', 200));
    expect(second.seen[0]!.stackTxnId).toBe(notify.stackTxnId);
    expect(second.seen[0]!.body).toBe('SIP/2.0 180 Ringing');
  });

  it('takes a late NOTIFY after the BYE and refuses other requests then', async () => {
    world = await World.start();
    const app = await answering(world, 't1');
    const caller = await world.peer();
    const call = await callTo(app, caller);
    const ending = app.dialogs[0]!.destroy();
    caller.respond(await caller.expect('BYE'), 200);
    await ending;
    call.request('NOTIFY', { body: 'SIP/2.0 200 OK', contentType: 'message/sipfrag' });
    await caller.expect(isAnswerTo('NOTIFY', 200));
    const notify = app.seen.find((req) => req.method === 'NOTIFY');
    expect(notify?.stackDialogId).toBe(call.id);
    call.request('INFO');
    await caller.expect(isAnswerTo('INFO', 481));
  });
});
