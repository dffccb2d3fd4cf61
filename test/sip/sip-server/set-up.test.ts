import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cseqOf, header, isAnswerTo, sdp, tagIn } from '../../support/sip-peer';
import { PeerDialog } from '../../support/sip-peer-dialog';
import { deferred, FAST, World } from './fixture';
import type { SrfRequest } from './srf';

let world: World;

beforeEach(async () => {
  world = await World.start();
});

afterEach(() => world.close());

const digest: [string, string] = ['WWW-Authenticate', 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"'];

describe('a challenge', () => {
  it('to a BYE is answered in the same dialog', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const auth = { username: 'u', password: 'p' };
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp(), auth });
    callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
    const dialog = await calling;
    await callee.expect('ACK');
    const ending = dialog.destroy();
    const first = await callee.expect('BYE');
    callee.respond(first, 401, { headers: [digest] });
    const second = await callee.expect('BYE');
    expect(cseqOf(second).number).toBe(cseqOf(first).number + 1);
    expect(header(second, 'To')).toBe(header(first, 'To'));
    expect(header(second, 'From')).toBe(header(first, 'From'));
    expect(header(second, 'Authorization')).toMatch(/^Digest username="u".*nonce="n"/);
    callee.respond(second, 200);
    await ending;
  });

  it('among several is answered when it has MD5, and a second one reaches the application', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const auth = { username: 'u', password: 'p' };
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp(), auth });
    const failure = calling.catch((error: unknown) => error);
    const sha: [string, string] = ['WWW-Authenticate', 'Digest realm="r", nonce="s", algorithm=SHA-256, qop="auth"'];
    callee.respond(await callee.expect('INVITE'), 401, { headers: [sha, digest] });
    const second = await callee.expect('INVITE');
    expect(header(second, 'Authorization')).toMatch(/realm="r",nonce="n".*qop=auth/);
    callee.respond(second, 401, { headers: [sha, digest] });
    expect(await failure).toMatchObject({ status: 401 });
    expect(callee.count('INVITE')).toBe(2);
  });

  it('of the application is answered by an INVITE with the same Call-ID and tag', async () => {
    const seen: SrfRequest[] = [];
    await world.app((srf) =>
      srf.invite((req, res) => {
        seen.push(req);
        if (req.get('Authorization')) void srf.createUAS(req, res, { localSdp: sdp(7) });
        else res.send(401, { headers: { 'WWW-Authenticate': digest[1] } });
      })
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    const challenge = await caller.expect(401);
    expect(header(challenge, 'WWW-Authenticate')).toBe(digest[1]);
    call.request('INVITE', { body: sdp(), headers: [['Authorization', 'Digest username="u"']] });
    const ok = await caller.expect(200);
    call.confirm(ok).ack();
    call.request('BYE');
    await caller.expect(isAnswerTo('BYE', 200));
    expect(seen.map((req) => req.get('Call-ID'))).toEqual([call.callId, call.callId]);
  });
});

describe('INVITEs of one caller', () => {
  it('that a proxy forked to us twice are one call: the second gets 482', async () => {
    const held = deferred();
    const seen: string[] = [];
    const app = await world.app((srf) =>
      srf.invite((req, res) => {
        seen.push(req.stackTxnId);
        res.send(180);
        void held.promise.then(() => srf.createUAS(req, res, { localSdp: sdp(7) }));
      })
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    await caller.expect(180);
    caller.send(call.build('INVITE', call.cseq, { body: sdp() }), world.udp);
    const refused = await caller.expect(482);
    expect(header(refused, 'Via')).not.toBe(call.invite!.headers[0]![1]);
    held.resolve();
    call.confirm(await caller.expect(200)).ack();
    await app.request({ method: 'INFO', stackDialogId: call.id });
    await caller.expect('INFO');
    expect(seen).toHaveLength(1);
  });

  it('with Call-IDs of their own are calls of their own', async () => {
    await world.app((srf) => srf.invite((req, res) => srf.createUAS(req, res, { localSdp: sdp(7) })));
    const caller = await world.peer();
    const calls = [caller.dial(world.udp, { body: sdp() }), caller.dial(world.udp, { body: sdp() })];
    for (const call of calls) {
      const ok = await caller.expect(
        (message) => isAnswerTo('INVITE', 200)(message) && header(message, 'Call-ID') === call.callId
      );
      call.confirm(ok).ack();
    }
    calls[0]!.request('BYE');
    await caller.expect(isAnswerTo('BYE', 200));
    calls[1]!.request('INFO');
    const answer = await caller.expect(isAnswerTo('INFO', 200));
    expect(header(answer, 'Call-ID')).toBe(calls[1]!.callId);
  });
});

describe('before a call is answered', () => {
  it('the caller may send UPDATE, INFO and NOTIFY, which reach the application that holds the INVITE', async () => {
    const answered = deferred();
    const seen: { method: string; dialogId: string; body: string }[] = [];
    const take = (req: SrfRequest): void => {
      seen.push({ method: req.method, dialogId: req.stackDialogId, body: req.body });
    };
    await world.app((srf) => {
      srf.use((req, res, next) => {
        if (req.method === 'INVITE') next();
        else {
          take(req);
          res.send(200);
        }
      });
      srf.invite((req, res) => {
        req.on('update', (update, updateRes) => {
          take(update);
          updateRes.send(200, { body: sdp(8) });
        });
        res.send(183, { body: sdp(7) });
        void answered.promise.then(() => srf.createUAS(req, res, { localSdp: sdp(7) }));
      });
    });
    await world.app();
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    call.remoteTag = tagIn(header(await caller.expect(183), 'To'));
    call.request('UPDATE');
    expect((await caller.expect(isAnswerTo('UPDATE', 200))).body).toBe('');
    call.request('UPDATE', { body: sdp(3) });
    expect((await caller.expect(isAnswerTo('UPDATE', 200))).body).toBe(sdp(8));
    for (const method of ['INFO', 'NOTIFY']) {
      call.request(method, { body: 'x', contentType: 'text/plain' });
      await caller.expect(isAnswerTo(method, 200));
    }
    expect(seen).toEqual(
      ['UPDATE', 'INFO', 'NOTIFY'].map((method) => ({
        method,
        dialogId: call.id,
        body: method === 'UPDATE' ? sdp(3) : 'x',
      }))
    );
    answered.resolve();
    expect(tagIn(header(await caller.expect(200), 'To'))).toBe(call.remoteTag);
    call.ack();
  });

  it('the callee may send INFO, whatever branch it is, and the one that answers counts from anew', async () => {
    const seen: string[] = [];
    const app = await world.app((srf) =>
      srf.use((req, res) => {
        seen.push(req.method);
        res.send(200);
      })
    );
    const callee = await world.peer();
    const sent = await app.request({ uri: callee.uri('bob'), method: 'INVITE', body: sdp() });
    const invite = await callee.expect('INVITE');
    callee.respond(invite, 183, { tag: 'one' });
    const early = PeerDialog.ofIncoming(callee, invite, 'one');
    early.request('INFO', { cseq: 100 });
    await callee.expect(isAnswerTo('INFO', 200));
    callee.respond(invite, 183, { tag: 'two' });
    const call = callee.accept(invite, { body: sdp(2), tag: 'two' });
    await sent.response(200);
    sent.acks.at(-1)!();
    await callee.expect('ACK');
    call.request('INFO', { cseq: 7 });
    await callee.expect(isAnswerTo('INFO', 200));
    expect(seen).toEqual(['INFO', 'INFO']);
  });
});

describe('a peer that vanished', () => {
  it('lets the BYE of the application end in 408, and the dialog with it', async () => {
    await world.close();
    world = await World.start(FAST);
    const app = await world.app();
    const callee = await world.peer();
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
    callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
    const dialog = await calling;
    await callee.expect('ACK');
    const bye = await app.request({ method: 'BYE', stackDialogId: dialog.id });
    expect((await bye.response(408)).status).toBe(408);
    await expect(app.request({ method: 'INFO', stackDialogId: dialog.id })).rejects.toMatchObject({
      code: 'ENODIALOG',
    });
  });
});
