import { afterEach, describe, expect, it } from '@jest/globals';
import { cseqOf, header, isAnswerTo, sdp, tagIn } from '../../support/sip-peer';
import { answering } from './answering-app';
import { deferred, World } from './fixture';
import type { Srf, SrfRequest } from './srf';

let world: World;

afterEach(() => world.close());

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
    const second = await answering(world, 'different');
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
    await answering(world, 'late');
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
