import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isAnswerTo, sdp } from '../../support/sip-peer';
import type { ReceivedMessage, SipPeer } from '../../support/sip-peer';
import { RestartWorld } from './restart-world';

/** The server is killed while requests of peers are in it, and started again on its store. */

let world: RestartWorld;

beforeEach(async () => {
  world = await RestartWorld.start([
    '--answer-after-ms',
    '20000',
    '--owner-grace-ms',
    '20000',
    '--route-wait-ms',
    '20000',
  ]);
});

afterEach(() => world.close());

describe.each(['udp', 'tcp'] as const)('over %s, a server killed', (protocol) => {
  let caller: SipPeer;

  beforeEach(async () => {
    caller = await world.peer(protocol);
  });

  it('when an INVITE had no application delivers it to the one that comes', async () => {
    const call = caller.dial(world.sip, { body: sdp() });
    await caller.expect(100);
    await world.server.restart();
    const app = await world.manualApp();
    const { req, res } = await app.next('INVITE');
    expect(req.stackDialogId).toBe('');
    expect(req.body).toBe(sdp());
    res.send(200, { body: sdp(7) });
    call.confirm(await caller.expect(200)).ack();
    expect((await app.next('ACK')).req.stackDialogId).toBe(call.id);
  });

  it.each([100, 180])(
    'after the %d of an INVITE delivers it again with its transaction id and To tag',
    async (status) => {
      const app = await world.manualApp();
      const call = caller.dial(world.sip, { body: sdp() });
      const first = await app.next('INVITE');
      if (status === 180) first.res.send(180);
      const before = await caller.expect(status);
      await world.server.restart();
      const second = await app.next('INVITE');
      expect(second.req.stackTxnId).toBe(first.req.stackTxnId);
      second.res.send(200, { body: sdp(7) });
      const ok = await caller.expect(200);
      // A 100 has no tag of ours.
      expect(tagOf(before) ?? tagOf(ok)).toBe(tagOf(ok));
      call.confirm(ok).ack();
      await app.next('ACK');
      call.request('BYE');
      (await app.next('BYE')).res.send(200);
      await caller.expect(isAnswerTo('BYE', 200));
    }
  );

  it('after the 200 of an INVITE repeats it until the ACK comes', async () => {
    const app = await world.manualApp();
    const call = caller.dial(world.sip, { body: sdp() });
    (await app.next('INVITE')).res.send(200, { body: sdp(7) });
    const ok = await caller.expect(200);
    const copies = (): number => caller.log.filter(({ text }) => text.startsWith('SIP/2.0 200')).length;
    await world.server.kill();
    const before = copies();
    await world.server.start();
    while (copies() === before) await caller.expect(200, { repeats: true });
    call.confirm(ok).ack();
    expect((await app.next('ACK')).req.stackDialogId).toBe(call.id);
    call.request('INFO', { body: 'x', contentType: 'text/plain' });
    (await app.next('INFO')).res.send(200);
    await caller.expect(isAnswerTo('INFO', 200));
  });

  it.each(['INFO', 'NOTIFY', 'INVITE', 'REFER', 'BYE'])(
    'with an unanswered %s in a call delivers it again with its transaction id',
    async (method) => {
      const app = await world.manualApp();
      const call = await world.callUp(caller, app);
      call.request(method, method === 'INVITE' ? { body: sdp(2) } : { headers: [['Event', 'refer']] });
      const first = await app.next(method);
      await world.server.restart();
      const second = await app.next(method);
      expect(second.req.stackTxnId).toBe(first.req.stackTxnId);
      expect(second.req.stackDialogId).toBe(call.id);
      second.res.send(202, method === 'INVITE' ? { body: sdp(8) } : {});
      await caller.expect(isAnswerTo(method, 202));
    }
  );

  it('knows a CANCEL for an INVITE that rings since before', async () => {
    const app = await world.manualApp();
    const call = caller.dial(world.sip, { body: sdp() });
    const first = await app.next('INVITE');
    first.res.send(180);
    await caller.expect(180);
    await world.server.restart();
    const again = await app.next('INVITE');
    expect(again.req.stackTxnId).toBe(first.req.stackTxnId);
    const cancelled = new Promise<void>((resolve) => again.req.on('cancel', () => resolve()));
    call.cancel();
    await caller.expect(isAnswerTo('CANCEL', 200));
    await caller.expect(487);
    await cancelled;
  });
});

describe('a server killed', () => {
  it('with a BYE that it answered itself tells the application that comes of it', async () => {
    await world.close();
    world = await RestartWorld.start(['--answer-after-ms', '50']);
    const app = await world.manualApp();
    const caller = await world.peer('udp');
    const call = await world.callUp(caller, app);
    app.kill();
    call.request('BYE');
    await caller.expect(isAnswerTo('BYE', 200));
    await world.server.restart();
    const { req } = await (await world.manualApp()).next('BYE');
    expect(req.stackDialogId).toBe(call.id);
  });

  it('gives a BYE that is sent again the answer that it had, and delivers it once', async () => {
    const app = await world.manualApp();
    const caller = await world.peer('udp');
    const call = await world.callUp(caller, app);
    const bye = call.request('BYE');
    (await app.next('BYE')).res.send(200);
    const ok = await caller.expect(isAnswerTo('BYE', 200));
    await world.server.restart();
    caller.send(bye, world.sip);
    const again = await caller.expect(isAnswerTo('BYE', 200), { repeats: true });
    expect(again.headers).toEqual(ok.headers);
    call.request('NOTIFY', { headers: [['Event', 'refer']] });
    await app.next('NOTIFY');
    expect(app.seen.filter(({ req }) => req.method === 'BYE')).toHaveLength(1);
  });

  it('forgets no call while it is down for a moment with many of them', async () => {
    const app = await world.manualApp();
    const caller = await world.peer('udp');
    const calls = [];
    for (let count = 0; count < 20; count++) calls.push(await world.callUp(caller, app));
    await world.server.restart();
    for (const call of calls) {
      call.request('INFO', { body: 'x', contentType: 'text/plain' });
      const { req, res } = await app.next('INFO');
      expect(req.stackDialogId).toBe(call.id);
      res.send(200);
      await caller.expect(isAnswerTo('INFO', 200));
    }
  });
});

function tagOf(message: ReceivedMessage): string | undefined {
  return /;tag=([^;]+)/.exec(message.headers.find(([name]) => name.toLowerCase() === 'to')?.[1] ?? '')?.[1];
}
