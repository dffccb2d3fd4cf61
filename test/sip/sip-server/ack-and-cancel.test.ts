import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually';
import { cseqOf, header, isAnswerTo, sdp, tagIn } from '../../support/sip-peer';
import type { SipPeer } from '../../support/sip-peer';
import { deferred, FAST, ping, World } from './fixture';
import type { App } from './fixture';
import type { SrfRequest } from './srf';

const withinMs = 30_000;

let world: World;

afterEach(() => world.close());

/** A CANCEL of the application crosses the 2xx of `callee`. @returns the INVITE */
async function cancelledInto2xx(app: App, callee: SipPeer): Promise<Awaited<ReturnType<App['request']>>> {
  const sent = await app.request({ uri: callee.uri('bob'), method: 'INVITE', body: sdp() });
  const invite = await callee.expect('INVITE');
  callee.respond(invite, 180);
  await sent.response(180);
  sent.req.cancel();
  await callee.expect('CANCEL');
  callee.accept(invite, { body: sdp(2) });
  return sent;
}

describe('the ACK of a 2xx', () => {
  it('ends the repetition of the 2xx, which is ended by BYE when none comes', async () => {
    world = await World.start(FAST);
    const ended = deferred<[SrfRequest, string]>();
    await world.app((srf) =>
      srf.invite(async (req, res) => {
        const dialog = await srf.createUAS(req, res, { localSdp: sdp(7) });
        dialog.on('destroy', (msg, reason) => ended.resolve([msg, reason]));
      })
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    const ok = await caller.expect(200);
    const repeated = await caller.expect(200, { repeats: true });
    expect(repeated.headers).toEqual(ok.headers);
    const bye = await caller.expect('BYE');
    expect(header(bye, 'Reason')).toBe('SIP;cause=200;text="ACK timeout"');
    expect(tagIn(header(bye, 'To'))).toBe(call.localTag);
    expect(tagIn(header(bye, 'From'))).toBe(tagIn(header(ok, 'To')));
    caller.respond(bye, 200);
    const [message, reason] = await ended.promise;
    expect(message.source).toBe('application');
    expect(reason).toBe('ACK timeout');
  });

  it('is not waited for by a BYE of the application for ever', async () => {
    world = await World.start(FAST);
    await world.app((srf) =>
      srf.invite((req, res) => void srf.createUAS(req, res, { localSdp: sdp(7) }).then((dialog) => dialog.destroy()))
    );
    const caller = await world.peer();
    caller.dial(world.udp, { body: sdp() });
    await caller.expect(200);
    const bye = await caller.expect('BYE', { withinMs });
    expect(header(bye, 'Reason')).toBeUndefined();
    caller.respond(bye, 200);
    await eventually(() => world.server.operations.dialogs(undefined, 1).dialogs[0]?.state === 'ended', 'the end');
    expect(caller.count('BYE')).toBe(1);
  });

  it('is not waited for when the caller hangs up, and so does the application', async () => {
    world = await World.start(FAST);
    const hungUp = deferred();
    await world.app((srf) =>
      srf.invite(
        (req, res) =>
          void srf.createUAS(req, res, { localSdp: sdp(7) }).then(async (dialog) => {
            const ending = dialog.destroy().catch((error: unknown) => error);
            await ping(srf);
            hungUp.resolve();
            await ending;
          })
      )
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    call.confirm(await caller.expect(200));
    await hungUp.promise;
    call.request('BYE');
    // The application has forgotten the call.
    await caller.expect(isAnswerTo('BYE', 404), { withinMs });
    expect(caller.count('BYE')).toBe(0);
  });

  it.each(['udp', 'tcp'] as const)('is sent again when the 2xx comes again over %s', async (protocol) => {
    world = await World.start();
    const app = await world.app();
    const callee = await world.peer(protocol);
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
    const invite = await callee.expect('INVITE');
    callee.accept(invite, { body: sdp(2), tag: 'one' });
    await calling;
    const ack = await callee.expect('ACK');
    callee.accept(invite, { body: sdp(2), tag: 'one' });
    const again = await callee.expect('ACK', { repeats: true });
    expect(again.headers).toEqual(ack.headers);
  });

  it('goes to a second fork as well, which is ended by BYE, and the first is not', async () => {
    world = await World.start();
    const app = await world.app();
    const callee = await world.peer();
    const calling = app.srf.createUAC(callee.uri('bob'), { localSdp: sdp() });
    const invite = await callee.expect('INVITE');
    callee.accept(invite, { body: sdp(2), tag: 'one' });
    const dialog = await calling;
    let isDestroyed = false;
    dialog.on('destroy', () => (isDestroyed = true));
    await callee.expect('ACK');
    callee.accept(invite, { body: sdp(3), tag: 'two' });
    expect(tagIn(header(await callee.expect('ACK'), 'To'))).toBe('two');
    const bye = await callee.expect('BYE');
    expect(tagIn(header(bye, 'To'))).toBe('two');
    callee.respond(bye, 200);
    const asking = dialog.request({ method: 'INFO' });
    const info = await callee.expect('INFO');
    expect(tagIn(header(info, 'To'))).toBe('one');
    callee.respond(info, 200);
    await asking;
    expect(isDestroyed).toBe(false);
  });

  it('delays the BYE of the callee', async () => {
    world = await World.start();
    const app = await world.app((srf) =>
      srf.invite(async (req, res) => (await srf.createUAS(req, res, { localSdp: sdp(7) })).destroy())
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    const ok = await caller.expect(200);
    await app.request({ uri: caller.uri('x'), method: 'OPTIONS' });
    await caller.expect('OPTIONS');
    expect(caller.count('BYE')).toBe(0);
    call.confirm(ok).ack();
    caller.respond(await caller.expect('BYE'), 200);
  });

  it('carries the answer of a late offer in both directions', async () => {
    world = await World.start();
    const answer = deferred<string>();
    const app = await world.app((srf) =>
      srf.invite(async (req, res) => {
        const dialog = await srf.createUAS(req, res, { localSdp: sdp(7) });
        dialog.on('ack', (ack) => answer.resolve(ack.body));
      })
    );
    const peer = await world.peer();
    const call = peer.dial(world.udp);
    call.confirm(await peer.expect(200)).ack({ body: sdp(9) });
    expect(await answer.promise).toBe(sdp(9));
    const calling = app.srf.createUAC(peer.uri('bob'), { noAck: true, localSdp: '' });
    peer.accept(await peer.expect('INVITE'), { body: sdp(2) });
    const { ack } = await calling;
    ack(sdp(5));
    const sent = await peer.expect('ACK');
    expect(sent.body).toBe(sdp(5));
    expect(header(sent, 'Content-Type')).toBe('application/sdp');
  });
});

describe('CANCEL', () => {
  it('waits for a provisional response', async () => {
    world = await World.start();
    const app = await world.app();
    const callee = await world.peer();
    const sent = await app.request({ uri: callee.uri('bob'), method: 'INVITE', body: sdp() });
    const invite = await callee.expect('INVITE');
    await new Promise<void>((resolve, reject) => {
      sent.req.cancel((error: Error | null) => (error ? reject(error) : resolve()));
    });
    expect(callee.count('CANCEL')).toBe(0);
    callee.respond(invite, 180);
    const cancel = await callee.expect('CANCEL');
    expect(header(cancel, 'Via')).toBe(header(invite, 'Via'));
    callee.respond(cancel, 200);
    callee.respond(invite, 487);
    await sent.response(487);
    await callee.expect('ACK');
  });

  it('that crosses a 2xx ends the call after its ACK and tells the application', async () => {
    world = await World.start();
    const ended = deferred<SrfRequest>();
    const app = await world.app((srf) => srf.use((req) => ended.resolve(req)));
    const callee = await world.peer();
    const sent = await cancelledInto2xx(app, callee);
    await sent.response(200);
    sent.acks.at(-1)!();
    await callee.expect('ACK');
    callee.respond(await callee.expect('BYE'), 200);
    expect((await ended.promise).method).toBe('BYE');
  });

  it('that crosses a 2xx ends the call without the application too', async () => {
    world = await World.start({ ackGraceMs: 50 });
    const app = await world.app();
    const callee = await world.peer();
    await cancelledInto2xx(app, callee);
    const ack = await callee.expect('ACK');
    const bye = await callee.expect('BYE');
    expect(cseqOf(bye).number).toBeGreaterThan(cseqOf(ack).number);
    callee.respond(bye, 200);
  });

  it('without a final response ends in 487', async () => {
    world = await World.start(FAST);
    const app = await world.app();
    const callee = await world.peer();
    const sent = await app.request({ uri: callee.uri('bob'), method: 'INVITE', body: sdp() });
    callee.respond(await callee.expect('INVITE'), 180);
    await sent.response(180);
    sent.req.cancel();
    callee.respond(await callee.expect('CANCEL'), 200);
    expect((await sent.response(487)).status).toBe(487);
  });

  it('of a caller makes a later answer fail', async () => {
    world = await World.start();
    const outcome = deferred();
    await world.app((srf) =>
      srf.invite((req, res) => {
        req.on('cancel', () => res.send(200, (error) => outcome.resolve(error)));
        res.send(180, { headers: { to: '<sip:x@y>;tag=ours' } });
      })
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    await caller.expect(180);
    call.cancel();
    expect(tagIn(header(await caller.expect(487), 'To'))).toBe('ours');
    expect(await outcome.promise).toMatch(/unknown transaction|answered already/);
    expect(caller.count(isAnswerTo('INVITE', 200))).toBe(0);
  });
});
