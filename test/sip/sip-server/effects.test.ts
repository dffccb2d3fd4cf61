import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { header, sdp } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
import type { App } from './fixture';
import { World } from './fixture';
import type { SrfDialog } from './srf';

let world: World;
let first: App;
let second: App;
let callee: SipPeer;

beforeEach(async () => {
  world = await World.start({ ownerGraceMs: 100 });
  [first, second, callee] = await Promise.all([world.app(), world.app(), world.peer()]);
});

afterEach(() => world.close());

const effect = (id: string): { headers: Record<string, string> } => ({
  headers: { 'X-Effect-Id': id, 'X-Kept': 'yes' },
});

async function establish(app: App): Promise<SrfDialog> {
  const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
  callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
  const dialog = await calling;
  await callee.expect('ACK');
  return dialog;
}

describe('an effect id', () => {
  it('never reaches the wire, other headers do', async () => {
    await first.request({ uri: callee.uri('bob'), method: 'INVITE', body: sdp(), ...effect('c1/invite/1') });
    const invite = await callee.expect('INVITE');
    expect(header(invite, 'X-Effect-Id')).toBeUndefined();
    expect(header(invite, 'X-Kept')).toBe('yes');
  });

  it('names the INVITE for a CANCEL of any application, also when the one that sent it is gone', async () => {
    await first.request({ uri: callee.uri('bob'), method: 'INVITE', body: sdp(), ...effect('c1/invite/2') });
    const invite = await callee.expect('INVITE');
    callee.respond(invite, 180);
    first.kill();
    await second.request({ uri: 'sip:placeholder', method: 'CANCEL', stackTxnId: 'c1/invite/2' });
    callee.respond(await callee.expect('CANCEL'), 200);
    callee.respond(invite, 487);
    await callee.expect('ACK');
    expect(callee.count('INVITE')).toBe(1);
  });

  it('puts one REFER on the wire when two applications ask for it, and both get the answer', async () => {
    const { id } = await establish(first);
    const refer = {
      method: 'REFER',
      stackDialogId: id,
      headers: { 'Refer-To': 'sip:c@d', 'X-Effect-Id': 'c1/refer/1' },
    };
    await first.request({ ...refer, headers: { ...refer.headers } });
    const onWire = await callee.expect('REFER');
    first.kill();
    const again = await second.request({ ...refer, headers: { ...refer.headers } });
    expect(again.req.get('CSeq')).toBe(header(onWire, 'CSeq'));
    callee.respond(onWire, 202);
    await again.response(202);
    const late = await second.request({ ...refer, headers: { ...refer.headers } });
    await late.response(202);
    await second.request({ method: 'INFO', stackDialogId: id });
    await callee.expect('INFO');
    expect(callee.count('REFER')).toBe(1);
  });

  it('serves a repetition on the same connection', async () => {
    const { id } = await establish(first);
    const refer = { method: 'REFER', stackDialogId: id };
    const sent = await first.request({ ...refer, headers: { 'Refer-To': 'sip:c@d', 'X-Effect-Id': 'e' } });
    callee.respond(await callee.expect('REFER'), 202);
    await sent.response(202);
    const again = await first.request({ ...refer, headers: { 'Refer-To': 'sip:c@d', 'X-Effect-Id': 'e' } });
    await again.response(202);
    expect(again.req.stackTxnId).toBe(sent.req.stackTxnId);
    expect(callee.count('REFER')).toBe(1);
  });

  it('hands a ringing INVITE over, with all responses and the dialog', async () => {
    const invite = { uri: callee.uri('bob'), method: 'INVITE', body: sdp() };
    const sent = await first.request({ ...invite, ...effect('c1/invite/1') });
    const onWire = await callee.expect('INVITE');
    callee.respond(onWire, 180);
    await sent.response(180);
    first.kill();
    const again = await second.request({ ...invite, ...effect('c1/invite/1') });
    await again.response(180);
    const call = callee.accept(onWire, { body: sdp(2) });
    await again.response(200);
    again.acks.at(-1)!();
    await callee.expect('ACK');
    let heard = '';
    second.srf.use((req, res) => {
      heard = req.method;
      res.send(200);
    });
    call.request('INFO');
    await callee.expect(200);
    expect(heard).toBe('INFO');
    expect(callee.count('INVITE')).toBe(1);
    expect(callee.count('CANCEL')).toBe(0);
  });

  it('hands an answered INVITE over, whose ACK is then sent once more', async () => {
    const invite = { uri: callee.uri('bob'), method: 'INVITE', body: sdp() };
    const sent = await first.request({ ...invite, ...effect('x') });
    callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
    await sent.response(200);
    sent.acks.at(-1)!();
    const ack = await callee.expect('ACK');
    first.kill();
    const again = await second.request({ ...invite, ...effect('x') });
    await again.response(200);
    again.acks.at(-1)!();
    const repeated = await callee.expect('ACK', { repeats: true });
    expect(header(repeated, 'Via')).toBe(header(ack, 'Via'));
    expect(callee.count('BYE')).toBe(0);
  });

  it('can be cancelled by the application that took it over', async () => {
    const invite = { uri: callee.uri('bob'), method: 'INVITE', body: sdp() };
    await first.request({ ...invite, ...effect('x') });
    const onWire = await callee.expect('INVITE');
    first.kill();
    const again = await second.request({ ...invite, ...effect('x') });
    again.req.cancel({ headers: { Reason: 'SIP;cause=487;text="gone"' } });
    callee.respond(onWire, 180);
    const cancel = await callee.expect('CANCEL');
    expect(header(cancel, 'Reason')).toContain('cause=487');
    callee.respond(cancel, 200);
    callee.respond(onWire, 487);
    await again.response(487);
  });

  it('tells what became of a request whose dialog is over', async () => {
    const dialog = await establish(first);
    const refer = { method: 'REFER', stackDialogId: dialog.id };
    const sent = await first.request({ ...refer, headers: { 'Refer-To': 'sip:c@d', 'X-Effect-Id': 'e' } });
    callee.respond(await callee.expect('REFER'), 202);
    await sent.response(202);
    const ending = dialog.destroy();
    callee.respond(await callee.expect('BYE'), 200);
    await ending;
    world.server['ground'].ledger.sweep();
    const again = await second.request({ ...refer, headers: { 'Refer-To': 'sip:c@d', 'X-Effect-Id': 'e' } });
    expect((await again.response(202)).stackDialogId).toBe(dialog.id);
    expect(again.req.get('CSeq')).toBe(sent.req.get('CSeq'));
    expect(callee.count('REFER')).toBe(1);
  });

  it('is free again when its request was refused', async () => {
    const refer = { method: 'REFER', stackDialogId: 'no@where;from-tag=1', ...effect('y') };
    await expect(first.request(refer)).rejects.toMatchObject({ code: 'ENODIALOG' });
    const { id } = await establish(first);
    await first.request({ method: 'REFER', stackDialogId: id, ...effect('y') });
    expect(await callee.expect('REFER')).toBeDefined();
  });
});
