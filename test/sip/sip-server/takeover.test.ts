import { afterEach, describe, expect, it } from '@jest/globals';
import { cseqOf, header, sdp, tagIn } from '../../support/sip-peer';
import type { ReceivedMessage, SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import { deferred, World } from './fixture';
import type { App } from './fixture';
import type { Srf, SrfDialog, SrfRequest, SrfResponse } from './srf';

let world: World;

afterEach(() => world.close());

const isAnswerTo =
  (method: string, status: number) =>
  (message: ReceivedMessage): boolean =>
    message.status === status && cseqOf(message).method === method;

interface AnsweringApp extends App {
  /** Requests that no dialog of the application took. */
  seen: SrfRequest[];
  dialogs: SrfDialog[];
  acknowledged: Promise<unknown>;
}

/** An application that takes calls with a tag of its choice and lets requests of dialogs it does not know through. */
async function answering(tag: string, tags: string[] = []): Promise<AnsweringApp> {
  const seen: SrfRequest[] = [];
  const dialogs: SrfDialog[] = [];
  const acknowledged = deferred();
  const app = await world.app((srf) => {
    srf.use((req, res, next) => {
      if (req.isNewInvite) {
        next();
        return;
      }
      seen.push(req);
      if (req.method !== 'ACK') res.send(200);
    });
    srf.invite(async (req, res) => {
      const dialog = await srf.createUAS(req, res, { localSdp: sdp(7), headers: { to: `<sip:x@y>;tag=${tag}` } });
      dialogs.push(dialog.on('ack', acknowledged.resolve));
    });
  }, tags);
  return { ...app, seen, dialogs, acknowledged: acknowledged.promise };
}

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
    const first = await answering('t1', ['call', 'a']);
    const caller = await world.peer();
    const call = await callTo(first, caller);
    const other = await answering('t2', ['other']);
    const second = await answering('t2', ['a', 'call']);
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
    const first = await answering('t1', ['call']);
    const caller = await world.peer();
    const call = await callTo(first, caller);
    const other = await answering('t2', ['other']);
    const able = await answering('t2', ['other', 'call', 'more']);
    first.kill();
    for (const method of ['INFO', 'BYE']) {
      call.request(method);
      await caller.expect(isAnswerTo(method, 200));
    }
    expect([able.seen.map((req) => req.method), other.seen]).toEqual([['INFO', 'BYE'], []]);
  });

  it('takes requests from another application by its dialog id', async () => {
    world = await World.start();
    const first = await answering('t1');
    const caller = await world.peer();
    const call = await callTo(first, caller);
    first.kill();
    const second = await answering('t2');
    const sent = await second.request({ method: 'BYE', stackDialogId: call.id });
    caller.respond(await caller.expect('BYE'), 200);
    expect((await sent.response(200)).status).toBe(200);
    await expect(second.request({ method: 'INFO', stackDialogId: call.id })).rejects.toMatchObject({
      code: 'ENODIALOG',
    });
  });

  it('keeps a BYE that nobody could take, answers it, and tells the next application', async () => {
    world = await World.start({ answerAfterMs: 50 });
    const first = await answering('t1');
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
    const first = await answering('t1');
    const caller = await world.peer();
    const call = await callTo(first, caller);
    first.kill();
    call.request('INVITE', { body: sdp(2) });
    expect(header(await caller.expect(isAnswerTo('INVITE', 500)), 'Retry-After')).toBe('2');
    call.ack();
    call.request('UPDATE');
    await caller.expect(isAnswerTo('UPDATE', 200));
    const second = await answering('t2');
    call.request('INFO');
    await caller.expect(isAnswerTo('INFO', 200));
    expect(second.seen.map((req) => req.method)).toEqual(['INFO']);
  });

  it('goes on with a session as it is when nobody answers its refresh, with its description of it', async () => {
    world = await World.start({ answerAfterMs: 50 });
    const first = await answering('t1');
    const caller = await world.peer();
    const call = await callTo(first, caller);
    first.kill();
    call.request('INVITE', { body: sdp() });
    expect((await caller.expect(isAnswerTo('INVITE', 200))).body).toBe(sdp(7));
    call.ack();
    await answering('t2');
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
    const second = await answering('t2');
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
    const app = await answering('t1');
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

describe('an unanswered INVITE whose application died', () => {
  it('goes to another application after 180, which answers with the same tag', async () => {
    world = await World.start();
    const ringing = deferred<SrfRequest>();
    const first = await world.app((srf) =>
      srf.invite((req, res) => {
        res.send(180, { headers: { to: '<sip:x@y>;tag=ours' } });
        ringing.resolve(req);
      })
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    const early = await caller.expect(180);
    expect(tagIn(header(early, 'To'))).toBe('ours');
    const second = await answering('different');
    first.kill();
    const ok = await caller.expect(200);
    expect(tagIn(header(ok, 'To'))).toBe('ours');
    call.confirm(ok).ack();
    call.request('BYE');
    await caller.expect(isAnswerTo('BYE', 200));
    expect(second.seen).toHaveLength(0);
    expect((await ringing.promise).stackTxnId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('waits for an application to connect', async () => {
    world = await World.start();
    const caller = await world.peer();
    caller.dial(world.udp, { body: sdp() });
    await caller.expect(100);
    await answering('late');
    expect(tagIn(header(await caller.expect(200), 'To'))).toBe('late');
  });

  it('gets 503 with Retry-After when none comes', async () => {
    world = await World.start({ routeWaitMs: 50 });
    const caller = await world.peer();
    caller.dial(world.udp, { body: sdp() });
    expect(header(await caller.expect(503), 'Retry-After')).toBeDefined();
  });

  it('sends CANCEL to the application that holds the INVITE now', async () => {
    world = await World.start();
    const held = [deferred(), deferred()];
    const cancelled: number[] = [];
    const bothCancelled = deferred();
    const prepare = (index: number) => (srf: Srf) =>
      srf.invite((req, res) => {
        req.on('cancel', () => {
          cancelled.push(index);
          bothCancelled.resolve();
        });
        res.send(180);
        held[index]!.resolve();
      });
    const first = await world.app(prepare(0));
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    await held[0]!.promise;
    await caller.expect(180);
    await world.app(prepare(1));
    first.kill();
    await held[1]!.promise;
    call.cancel();
    await caller.expect(487);
    await bothCancelled.promise;
    expect(cancelled).toEqual([1]);
  });

  it('tells the next application of an INVITE that was cancelled while nobody held it', async () => {
    world = await World.start();
    const held = deferred();
    const first = await world.app((srf) => srf.invite(() => held.resolve()));
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    await held.promise;
    first.kill();
    await caller.expect(100);
    call.cancel();
    await caller.expect(487);
    const told = deferred();
    await world.app((srf) => srf.invite((req) => req.on('cancel', told.resolve)));
    await told.promise;
    expect(caller.count(487)).toBe(1);
  });
});

describe('an INVITE of an application that died', () => {
  it('is cancelled when nobody takes it over', async () => {
    world = await World.start({ ownerGraceMs: 50 });
    const app = await world.app();
    const callee = await world.peer();
    await app.request({ uri: callee.uri('bob'), method: 'INVITE', body: sdp() });
    const invite = await callee.expect('INVITE');
    callee.respond(invite, 180);
    app.kill();
    callee.respond(await callee.expect('CANCEL'), 200);
    callee.respond(invite, 487);
    expect(cseqOf(await callee.expect('ACK')).number).toBe(cseqOf(invite).number);
  });

  it('is acknowledged and ended when it was answered', async () => {
    world = await World.start({ ownerGraceMs: 50 });
    const app = await world.app();
    const callee = await world.peer();
    await app.request({ uri: callee.uri('bob'), method: 'INVITE', body: sdp() });
    const invite = await callee.expect('INVITE');
    app.kill();
    callee.accept(invite, { body: sdp(2) });
    await callee.expect('ACK');
    callee.respond(await callee.expect('BYE'), 200);
    expect(callee.count('CANCEL')).toBe(0);
  });
});
