import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cseqOf, header, headers, isAnswerTo, sdp } from '../../support/sip-peer';
import type { ReceivedMessage, SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import { deferred, FAST, World } from './fixture';
import type { App } from './fixture';
import type { SrfDialog, SrfRequest } from './srf';

let world: World;

/** Intervals of 1 s and more; T1 of 20 ms makes 64*T1 1.3 s. */
beforeEach(async () => {
  world = await World.start({ ...FAST, minSessionExpiresS: 1 });
});

afterEach(() => world.close());

const timer: [string, string] = ['Supported', 'timer'];
const allowsUpdate: [string, string] = ['Allow', 'INVITE, UPDATE'];

interface Answering {
  app: App;
  ended: Promise<[SrfRequest, string]>;
  dialog: Promise<SrfDialog>;
}

/** An application that answers calls and asks for a session timer. */
async function answering(sessionExpires: Record<string, string> = { 'Session-Expires': '2' }): Promise<Answering> {
  const ended = deferred<[SrfRequest, string]>();
  const dialog = deferred<SrfDialog>();
  const app = await world.app((srf) =>
    srf.invite(async (req, res) => {
      const answered = await srf.createUAS(req, res, { localSdp: sdp(7), headers: sessionExpires });
      answered.on('destroy', (message, reason) => ended.resolve([message, reason]));
      dialog.resolve(answered);
    })
  );
  return { app, ended: ended.promise, dialog: dialog.promise };
}

async function dialled(caller: SipPeer, extra: [string, string][]): Promise<{ call: PeerDialog; ok: ReceivedMessage }> {
  const call = caller.dial(world.udp, { body: sdp(), headers: extra });
  const ok = await caller.expect(200);
  call.confirm(ok).ack();
  return { call, ok };
}

/** A call of an application that asks for a session timer; the callee's 200 has these headers. */
async function placed(callee: SipPeer, extra: [string, string][]): Promise<{ dialog: SrfDialog; call: PeerDialog }> {
  const app = await world.app();
  const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp(7), headers: { 'Session-Expires': '2' } });
  const invite = await callee.expect('INVITE');
  expect(header(invite, 'Supported')).toBe('timer');
  expect(header(invite, 'Session-Expires')).toBe('2');
  const call = callee.accept(invite, { body: sdp(2), headers: extra });
  const dialog = await calling;
  await callee.expect('ACK');
  return { dialog, call };
}

describe('a call that the application answers with Session-Expires', () => {
  it('is refreshed by re-INVITE with the description unchanged, which the application does not see', async () => {
    const { app } = await answering();
    let told = '';
    const socket = app.srf._app.client._getDefaultSocket();
    socket.on('data', (chunk) => (told += chunk.toString()));
    const refreshes: ReceivedMessage[] = [];
    const caller = await world.peer();
    const { ok, call } = await dialled(caller, [timer]);
    expect(header(ok, 'Session-Expires')).toBe('2;refresher=uas');
    expect(header(ok, 'Supported')).toBe('timer');
    for (const version of [1, 1]) {
      const refresh = await caller.expect('INVITE');
      refreshes.push(refresh);
      expect(refresh.body).toBe(sdp(7));
      expect(header(refresh, 'Content-Type')).toBe('application/sdp');
      expect(header(refresh, 'Session-Expires')).toBe('2;refresher=uac');
      expect(header(refresh, 'Min-SE')).toBe('1');
      expect(header(refresh, 'Contact')).toBe(header(ok, 'Contact'));
      const answer: [string, string] = ['Session-Expires', '2;refresher=uac'];
      caller.respond(refresh, 200, { body: sdp(version), headers: [answer, ['Contact', caller.contact]] });
      expect(cseqOf(await caller.expect('ACK')).number).toBe(cseqOf(refresh).number);
    }
    call.request('BYE');
    await caller.expect(isAnswerTo('BYE', 200));
    expect(told).toContain(`CSeq: ${call.cseq} BYE`);
    for (const refresh of refreshes) expect(told).not.toContain(header(refresh, 'CSeq'));
  });

  it('is refreshed by UPDATE without body where the peer allows it, from another application on as well', async () => {
    const { app } = await answering();
    const caller = await world.peer();
    await dialled(caller, [timer, allowsUpdate]);
    app.kill();
    const update = await caller.expect('UPDATE');
    expect(update.body).toBe('');
    expect(header(update, 'Session-Expires')).toBe('2;refresher=uac');
    caller.respond(update, 200, { headers: [['Session-Expires', '2;refresher=uac']] });
    await caller.expect('UPDATE');
  });

  it('is refreshed by re-INVITE when the peer takes no UPDATE after all', async () => {
    await answering();
    const caller = await world.peer();
    await dialled(caller, [timer, allowsUpdate]);
    caller.respond(await caller.expect('UPDATE'), 405);
    const reinvite = await caller.expect('INVITE');
    expect(reinvite.body).toBe(sdp(7));
    caller.respond(reinvite, 200, { body: sdp(), headers: [['Contact', caller.contact]] });
    await caller.expect('ACK');
  });

  it('is ended when the peer that refreshes does not', async () => {
    const { ended } = await answering();
    const caller = await world.peer();
    const asked: [string, string] = ['Session-Expires', '2;refresher=uac'];
    const { ok } = await dialled(caller, [timer, asked]);
    expect(header(ok, 'Session-Expires')).toBe('2;refresher=uac');
    expect(header(ok, 'Require')).toBe('timer');
    const bye = await caller.expect('BYE');
    expect(header(bye, 'Reason')).toContain('session timer expired');
    caller.respond(bye, 200);
    const [message, reason] = await ended;
    expect(message.source).toBe('application');
    expect(reason).toBe('session timer expired');
    expect(caller.count('INVITE')).toBe(0);
  });

  it('goes on as long as the peer refreshes, while another that nobody refreshes ends', async () => {
    const { dialog } = await answering();
    const [idle, caller] = await Promise.all([world.peer(), world.peer()]);
    const asked: [string, string] = ['Session-Expires', '2;refresher=uac'];
    const { call } = await dialled(caller, [timer, asked]);
    (await dialog).on('modify', (_req, res) => res.send(200, { body: sdp(7) }));
    await dialled(idle, [timer, asked]);
    const isOver = idle.expect('BYE').then((bye) => idle.respond(bye, 200));
    for (const method of ['UPDATE', 'INVITE'].flatMap((one) => Array<string>(8).fill(one))) {
      call.request(method, { headers: [timer, asked], body: method === 'INVITE' ? sdp() : '' });
      const answer = await caller.expect(isAnswerTo(method, 200));
      expect(header(answer, 'Session-Expires')).toBe('2;refresher=uac');
      if (method === 'INVITE') call.ack();
      await Promise.race([isOver, new Promise((resolve) => setTimeout(resolve, 100))]);
    }
    await isOver;
    expect(caller.count('BYE')).toBe(0);
    caller.respond(await caller.expect('BYE'), 200);
  });

  it('says nothing to a peer without timers and refreshes on its own account, whatever the peer answers', async () => {
    await answering();
    const caller = await world.peer();
    const { ok, call } = await dialled(caller, []);
    expect(header(ok, 'Session-Expires')).toBeUndefined();
    expect(header(ok, 'Require')).toBeUndefined();
    for (const status of [500, 488]) {
      const refresh = await caller.expect('INVITE');
      caller.respond(refresh, status);
      await caller.expect('ACK');
    }
    call.request('INFO');
    await caller.expect(isAnswerTo('INFO', 200));
    expect(caller.count('BYE')).toBe(0);
  });
});

describe('a call that the application places with Session-Expires', () => {
  it('leaves the refresh to the peer that takes it, and ends without', async () => {
    const callee = await world.peer();
    const { dialog } = await placed(callee, [['Session-Expires', '1;refresher=uas']]);
    const ended = deferred<string>();
    dialog.on('destroy', (_message, reason) => ended.resolve(reason));
    callee.respond(await callee.expect('BYE'), 200);
    expect(await ended.promise).toBe('session timer expired');
  });

  it.each([
    ['408', 408],
    ['481', 481],
    ['silence', undefined],
  ])('ends when a refresh gets %s', async (_what, status) => {
    const callee = await world.peer();
    const { dialog } = await placed(callee, [['Session-Expires', '2;refresher=uac']]);
    const ended = deferred<SrfRequest>();
    dialog.on('destroy', (message) => ended.resolve(message));
    const refresh = await callee.expect('INVITE');
    if (status !== undefined) callee.respond(refresh, status);
    const bye = await callee.expect('BYE');
    expect(header(bye, 'Reason')).toMatch(/session (refresh failed|timer expired)/);
    callee.respond(bye, 200);
    expect((await ended.promise).source).toBe('application');
  });

  it('tries a failed refresh again until the session expires', async () => {
    const callee = await world.peer();
    await placed(callee, [['Session-Expires', '2;refresher=uac']]);
    callee.whenever('INVITE', (invite) => callee.respond(invite, 500));
    callee.respond(await callee.expect('BYE'), 200);
    expect(callee.count('INVITE')).toBeGreaterThan(2);
  });

  it('raises the interval of a refresh to what a 422 demands', async () => {
    const callee = await world.peer();
    await placed(callee, [['Session-Expires', '2;refresher=uac']]);
    callee.respond(await callee.expect('INVITE'), 422, { headers: [['Min-SE', '300']] });
    const again = await callee.expect('INVITE');
    expect(header(again, 'Min-SE')).toBe('300');
    expect(header(again, 'Session-Expires')).toBe('300;refresher=uac');
  });

  it('gives a 422 to its INVITE to the application', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp(), headers: { 'Session-Expires': '2' } });
    const failure = calling.catch((error: unknown) => error);
    callee.respond(await callee.expect('INVITE'), 422, { headers: [['Min-SE', '300']] });
    expect(await failure).toMatchObject({ status: 422 });
  });

  it('sends a refresh that crossed another INVITE again', async () => {
    const callee = await world.peer();
    await placed(callee, []);
    callee.respond(await callee.expect('INVITE'), 491);
    await callee.expect('ACK');
    // RFC 3261 section 14.1: 2.1 to 4 s for the side that made the Call-ID.
    const again = await callee.expect('INVITE', { withinMs: 8000 });
    expect(again.body).toBe(sdp(7));
  });

  it('carries the terms in re-INVITEs of the application, which wait for a refresh under way', async () => {
    const callee = await world.peer();
    const { dialog } = await placed(callee, [['Session-Expires', '2;refresher=uac']]);
    const refresh = await callee.expect('INVITE');
    const modifying = dialog.modify(sdp(9));
    callee.respond(refresh, 200, { body: sdp(2), headers: [['Contact', callee.contact]] });
    const modify = await callee.expect('INVITE');
    expect(modify.body).toBe(sdp(9));
    expect(header(modify, 'Session-Expires')).toBe('2;refresher=uac');
    callee.accept(modify, { body: sdp(3) });
    expect(await modifying).toBe(sdp(3));
    expect((await callee.expect('INVITE')).body).toBe(sdp(9));
  });

  it('is refreshed with the answer that its ACK carried, also after a change that the peer refused', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const headers = { 'Session-Expires': '2' };
    const sent = await app.request({ uri: callee.uri('bob'), method: 'INVITE', headers });
    callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
    const ok = await sent.response(200);
    sent.acks.at(-1)!({ body: sdp(5) });
    await callee.expect('ACK');
    const change = await app.request({ method: 'INVITE', stackDialogId: ok.stackDialogId, body: sdp(9) });
    callee.respond(await callee.expect('INVITE'), 488);
    await change.response(488);
    expect((await callee.expect('INVITE')).body).toBe(sdp(5));
  });

  it('stops refreshing when it is over', async () => {
    const [callee, other] = await Promise.all([world.peer(), world.peer()]);
    const { dialog } = await placed(callee, [['Session-Expires', '1;refresher=uac']]);
    const ending = dialog.destroy();
    callee.respond(await callee.expect('BYE'), 200);
    await ending;
    await placed(other, [['Session-Expires', '2;refresher=uac']]);
    await other.expect('INVITE');
    expect(callee.count('INVITE')).toBe(1);
  });
});

describe('session timers that peers ask for', () => {
  it('are refused below the minimum, in and outside of dialogs', async () => {
    await world.close();
    world = await World.start();
    const seen: string[] = [];
    await world.app((srf) =>
      srf.invite((req, res) => {
        seen.push(req.method);
        return srf.createUAS(req, res, { localSdp: sdp(7) });
      })
    );
    const caller = await world.peer();
    const asked: [string, string] = ['Session-Expires', '89'];
    caller.dial(world.udp, { body: sdp(), headers: [timer, asked] });
    expect(header(await caller.expect(422), 'Min-SE')).toBe('90');
    expect(seen).toEqual([]);
    const { call } = await dialled(caller, [timer]);
    for (const method of ['INVITE', 'UPDATE']) {
      call.request(method, { body: sdp(3), headers: [timer, asked] });
      expect(header(await caller.expect(isAnswerTo(method, 422)), 'Min-SE')).toBe('90');
    }
  });

  it('are agreed to when required, also without the application', async () => {
    await answering({});
    const caller = await world.peer();
    const { ok } = await dialled(caller, [
      ['Require', 'timer'],
      ['Session-Expires', '300'],
    ]);
    expect(header(ok, 'Session-Expires')).toBe('300;refresher=uas');
  });

  it('are left out when the application does not want them', async () => {
    await answering({});
    const caller = await world.peer();
    const { ok } = await dialled(caller, [timer, ['Session-Expires', '300']]);
    expect(headers(ok, 'Session-Expires')).toEqual([]);
    expect(headers(ok, 'Require')).toEqual([]);
  });
});
