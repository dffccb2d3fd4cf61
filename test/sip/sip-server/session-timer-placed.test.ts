import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { header, sdp } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
import type { PeerDialog } from '../../support/sip-peer-dialog';
import { deferred, FAST, World } from './fixture';
import type { SrfDialog, SrfRequest } from './srf';

let world: World;

/** Intervals of 1 s and more; T1 of 20 ms makes 64*T1 1.3 s. */
beforeEach(async () => {
  world = await World.start({ ...FAST, minSessionExpiresS: 1 });
});

afterEach(() => world.close());

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
    const again = await callee.expect('INVITE');
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
    const { dialog } = await placed(callee, [['Session-Expires', '4;refresher=uac']]);
    const ending = dialog.destroy();
    callee.respond(await callee.expect('BYE'), 200);
    await ending;
    await placed(other, [['Session-Expires', '4;refresher=uac']]);
    await other.expect('INVITE');
    expect(callee.count('INVITE')).toBe(1);
  });
});
