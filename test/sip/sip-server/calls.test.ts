import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cseqOf, header, sdp, tagIn } from '../../support/sip-peer';
import { deferred, World } from './fixture';

let world: World;

beforeEach(async () => {
  world = await World.start();
});

afterEach(() => world.close());

describe.each(['udp', 'tcp'] as const)('calls over %s', (protocol) => {
  it('answers an incoming call and hears of its ACK and BYE', async () => {
    const acknowledged = deferred();
    const ended = deferred();
    await world.app((srf) =>
      srf.invite(async (req, res) => {
        res.send(180);
        const dialog = await srf.createUAS(req, res, { localSdp: sdp(7), headers: { 'X-Desk': '9' } });
        dialog.on('ack', acknowledged.resolve);
        dialog.on('destroy', ended.resolve);
      })
    );
    const caller = await world.peer(protocol);
    const call = caller.dial(world[protocol], { body: sdp() });
    expect(header(await caller.expect(100), 'To')).not.toContain('tag=');
    const ringing = await caller.expect(180);
    const ok = await caller.expect(200);
    expect(tagIn(header(ringing, 'To'))).toBe(tagIn(header(ok, 'To')));
    expect(header(ok, 'X-Desk')).toBe('9');
    expect(header(ok, 'Contact')).toContain(`127.0.0.1:${world[protocol].port}`);
    expect(ok.body).toBe(sdp(7));
    call.confirm(ok).ack();
    await acknowledged.promise;
    call.request('BYE');
    expect(cseqOf(await caller.expect(200)).method).toBe('BYE');
    await ended.promise;
  });

  it('places a call and ends it', async () => {
    const app = await world.app();
    const callee = await world.peer(protocol);
    const provisional: number[] = [];
    const calling = app.srf.createUAC(
      callee.uri('bob'),
      { localSdp: sdp(), callingNumber: '4000' },
      { cbProvisional: (res) => provisional.push(res.status) }
    );
    const invite = await callee.expect('INVITE');
    expect(header(invite, 'From')).toMatch(new RegExp(`<sip:4000@127.0.0.1:${world[protocol].port}[^>]*>;tag=`));
    expect(header(invite, 'Contact')).toContain(`sip:4000@127.0.0.1:${world[protocol].port}`);
    expect(header(invite, 'Content-Type')).toBe('application/sdp');
    callee.respond(invite, 100);
    callee.respond(invite, 183);
    callee.accept(invite, { body: sdp(3) });
    const dialog = await calling;
    expect(provisional).toEqual([183]);
    expect(dialog.remote.sdp).toBe(sdp(3));
    const ack = await callee.expect('ACK');
    expect(ack.uri).toBe(callee.uri('peer'));
    expect(cseqOf(ack).number).toBe(cseqOf(invite).number);
    const ending = dialog.destroy();
    callee.respond(await callee.expect('BYE'), 200);
    await ending;
  });

  it('modifies a session in both directions', async () => {
    const app = await world.app();
    const callee = await world.peer(protocol);
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
    const call = callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
    const dialog = await calling;
    await callee.expect('ACK');

    const modifying = dialog.modify(sdp(5));
    const reinvite = await callee.expect('INVITE');
    expect(reinvite.body).toBe(sdp(5));
    expect(tagIn(header(reinvite, 'To'))).toBe(call.localTag);
    callee.accept(reinvite, { body: sdp(6) });
    expect(await modifying).toBe(sdp(6));
    expect(cseqOf(await callee.expect('ACK')).number).toBe(cseqOf(reinvite).number);

    dialog.on('modify', (_req, res) => res.send(200, { body: sdp(8), headers: { Contact: dialog.local.contact } }));
    call.request('INVITE', { body: sdp(7) });
    const ok = await callee.expect(200);
    expect(ok.body).toBe(sdp(8));
    call.ack();
  });
});

describe('requests inside a dialog', () => {
  it('carries INFO with its body in both directions', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
    const call = callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
    const dialog = await calling;
    const body = 'Signal=7\r\nDuration=160\r\nName=Grüße\r\n';
    const headers = { 'Content-Type': 'application/dtmf-relay' };
    const asking = dialog.request({ method: 'INFO', headers, body });
    const info = await callee.expect('INFO');
    expect(info.body).toBe(body);
    expect(header(info, 'Content-Length')).toBe(String(Buffer.byteLength(body)));
    callee.respond(info, 200);
    expect((await asking).status).toBe(200);

    const heard = deferred<string>();
    dialog.on('info', (req, res) => {
      heard.resolve(req.body);
      res.send(200);
    });
    call.request('INFO', { body, contentType: 'application/dtmf-relay' });
    expect(await heard.promise).toBe(body);
    expect(cseqOf(await callee.expect(200)).method).toBe('INFO');
  });

  it('transfers by REFER and keeps the dialog after the terminating NOTIFY', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
    const call = callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
    const dialog = await calling;
    const fragments: string[] = [];
    dialog.on('notify', (req, res) => {
      fragments.push(req.body);
      res.send(200);
    });
    const referring = dialog.request({ method: 'REFER', headers: { 'Refer-To': '<sip:carol@127.0.0.1>' } });
    const refer = await callee.expect('REFER');
    expect(header(refer, 'Refer-To')).toBe('<sip:carol@127.0.0.1>');
    expect(header(refer, 'Contact')).toContain(`127.0.0.1:${world.udp.port}`);
    callee.respond(refer, 202);
    expect((await referring).status).toBe(202);
    for (const [line, state] of [
      ['SIP/2.0 180 Ringing', 'active'],
      ['SIP/2.0 200 OK', 'terminated;reason=noresource'],
    ] as const) {
      const headers: [string, string][] = [
        ['Event', 'refer'],
        ['Subscription-State', state],
      ];
      call.request('NOTIFY', { headers, body: line, contentType: 'message/sipfrag' });
      expect(cseqOf(await callee.expect(200)).method).toBe('NOTIFY');
    }
    expect(fragments).toEqual(['SIP/2.0 180 Ringing', 'SIP/2.0 200 OK']);
    call.request('INFO');
    expect(cseqOf(await callee.expect(200)).method).toBe('INFO');
  });

  it('acknowledges with the CSeq of the INVITE when other requests went in between', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
    callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
    const dialog = await calling;
    await callee.expect('ACK');
    const sent = await app.request({ method: 'INVITE', stackDialogId: dialog.id, body: sdp(4) });
    const reinvite = await callee.expect('INVITE');
    callee.accept(reinvite, { body: sdp(5) });
    await sent.response(200);
    await app.request({ method: 'INFO', stackDialogId: dialog.id });
    const info = await callee.expect('INFO');
    sent.acks[0]!();
    const ack = await callee.expect('ACK');
    expect(cseqOf(ack).number).toBe(cseqOf(reinvite).number);
    expect(cseqOf(info).number).toBe(cseqOf(reinvite).number + 1);
  });

  it('names an unknown dialog so that srf recognises it', async () => {
    const app = await world.app();
    await expect(app.request({ method: 'INFO', stackDialogId: 'nobody@nowhere;from-tag=1' })).rejects.toMatchObject({
      code: 'ENODIALOG',
    });
  });

  it('follows a changed Contact and Record-Route', async () => {
    const app = await world.app();
    const callee = await world.peer();
    const moved = await world.peer();
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
    const call = callee.accept(await callee.expect('INVITE'), { body: sdp(2) });
    const dialog = await calling;
    await callee.expect('ACK');
    const reinvite = call.build('INVITE', 101, { body: sdp(3) });
    reinvite.headers = reinvite.headers.map(([name, value]) => [name, name === 'Contact' ? moved.contact : value]);
    callee.send(reinvite, world.udp);
    await callee.expect(200);
    callee.send(call.build('ACK', 101), world.udp);
    void dialog.request({ method: 'INFO' });
    expect((await moved.expect('INFO')).uri).toBe(moved.uri('peer'));
  });
});

describe('a back-to-back user agent', () => {
  it('joins two legs and passes the BYE on', async () => {
    const callee = await world.peer();
    await world.app((srf) =>
      srf.invite(async (req, res) => {
        const { uas, uac } = await srf.createB2BUA(req, res, callee.uri('bob'), { localSdpB: req.body });
        uas.on('destroy', () => uac.destroy());
        uac.on('destroy', () => uas.destroy());
      })
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp(1) });
    const invite = await callee.expect('INVITE');
    callee.respond(invite, 180);
    await caller.expect(180);
    const far = callee.accept(invite, { body: sdp(2) });
    const ok = await caller.expect(200);
    expect(ok.body).toBe(sdp(2));
    await callee.expect('ACK');
    far.request('BYE');
    call.confirm(ok).ack();
    caller.respond(await caller.expect('BYE'), 200);
    await callee.expect(200);
  });

  it('relays a failure', async () => {
    const callee = await world.peer();
    await world.app((srf) =>
      srf.invite((req, res) => srf.createB2BUA(req, res, callee.uri('bob'), {}).catch(() => undefined))
    );
    const caller = await world.peer();
    caller.dial(world.udp, { body: sdp(1) });
    callee.respond(await callee.expect('INVITE'), 486);
    await caller.expect(486);
    expect((await callee.expect('ACK')).uri).toBe(callee.uri('bob'));
  });

  it('cancels the far leg when the caller cancels', async () => {
    const callee = await world.peer();
    await world.app((srf) =>
      srf.invite((req, res) => srf.createB2BUA(req, res, callee.uri('bob'), {}).catch(() => undefined))
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp(1) });
    const invite = await callee.expect('INVITE');
    callee.respond(invite, 180);
    await caller.expect(180);
    call.cancel();
    expect(cseqOf(await caller.expect(200)).method).toBe('CANCEL');
    await caller.expect(487);
    callee.respond(await callee.expect('CANCEL'), 200);
    callee.respond(invite, 487);
    await callee.expect('ACK');
  });
});
