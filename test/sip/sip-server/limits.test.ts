import { afterEach, describe, expect, it } from '@jest/globals';
import { header, isAnswerTo, sdp } from '../../support/sip-peer';
import { deferred, ping, World } from './fixture';

let world: World;

afterEach(() => world.close());

describe('when as many requests wait as may', () => {
  it('a new call gets 503 with Retry-After', async () => {
    world = await World.start({ maxWaiting: 1 });
    const held = deferred();
    await world.app((srf) =>
      srf.invite(async (req, res) => {
        res.send(180);
        await held.promise;
        await srf.createUAS(req, res, { localSdp: sdp(7) });
      })
    );
    const caller = await world.peer();
    const call = caller.dial(world.udp, { body: sdp() });
    await caller.expect(180);
    caller.dial(world.udp, { body: sdp() });
    expect(header(await caller.expect(503), 'Retry-After')).toBe('5');
    held.resolve();
    call.confirm(await caller.expect(200)).ack();
    caller.dial(world.udp, { body: sdp() });
    expect((await caller.expect(200)).status).toBe(200);
  });

  it('the oldest news that no application was there for is dropped', async () => {
    world = await World.start({ maxWaiting: 1, answerAfterMs: 50 });
    const app = await world.app((srf) => srf.invite((req, res) => srf.createUAS(req, res, { localSdp: sdp(7) })));
    const caller = await world.peer();
    const calls = [];
    for (let count = 0; count < 2; count += 1) {
      const call = caller.dial(world.udp, { body: sdp() });
      call.confirm(await caller.expect(isAnswerTo('INVITE', 200))).ack();
      calls.push(call);
    }
    await ping(app.srf);
    app.kill();
    for (const call of calls) {
      call.request('BYE');
      await caller.expect(isAnswerTo('BYE', 200));
    }
    const seen: string[] = [];
    const next = await world.app((srf) =>
      srf.use((req) => {
        if (req.method === 'BYE') seen.push(req.stackDialogId);
      })
    );
    await ping(next.srf);
    expect(seen).toEqual([calls[1]!.id]);
  });
});
