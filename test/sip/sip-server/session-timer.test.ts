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
