import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TrunkStatus } from '../../contracts/registration';
import { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import type { PhoneCall } from '../support/joined-call';
import { phoneCall } from '../support/joined-call';
import { SipPeer } from '../support/sip-peer';
import { statusOf } from '../support/trunk-provider';

describe('a trunk that is watched by OPTIONS', () => {
  let engine: Engine;
  let botPeer: SipPeer;
  let host: SipPeer;
  let backup: SipPeer;
  let call: PhoneCall;
  const answers = new Map<SipPeer, number>();

  beforeEach(async () => {
    [botPeer, host, backup] = [await SipPeer.open(), await SipPeer.open(), await SipPeer.open()];
    for (const peer of [host, backup]) {
      answers.set(peer, 200);
      peer.whenever('OPTIONS', (options) => peer.respond(options, answers.get(peer)!));
    }
    engine = await Engine.start({
      bot: botPeer.uri('bot'),
      trunk: { host: host.sentBy, backupHosts: [backup.sentBy], keepAliveS: 1, transferMethod: 'invite' },
    });
    call = await phoneCall(engine, botPeer);
  });

  afterEach(async () => {
    await call.close();
    await engine.stop();
    await Promise.all([botPeer, host, backup].map((peer) => peer.close()));
  });

  async function outcomes(count: number): Promise<unknown[]> {
    const all = async (): Promise<unknown[]> =>
      (await engine.view(call.callId)).transfers.map(({ outcome }) => outcome);
    await eventually(async () => (await all()).filter(Boolean).length === count, 'the transfer has an outcome');
    return all();
  }

  /** What a worker knows of a trunk is a second old at most. */
  async function knownAs(wanted: TrunkStatus['state']): Promise<void> {
    await statusOf(engine, 'trunk', ({ state }) => state === wanted);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }

  const transfer = (): Promise<{ status: number }> => call.transfer({ transferTarget: 'tel:5000' });

  it('is degraded, down and up again as its hosts answer, and transfers go by that', async () => {
    expect(await statusOf(engine, 'trunk', ({ state }) => state === 'up')).toMatchObject({ registration: 'off' });
    answers.set(host, 503);
    await knownAs('degraded');
    await transfer();
    host.respond(await host.expect('INVITE'), 503);
    backup.respond(await backup.expect('INVITE'), 486);
    expect(await outcomes(1)).toMatchObject([{ sipStatus: 486 }]);

    answers.set(backup, 503);
    await knownAs('down');
    await transfer();
    expect((await outcomes(2))[1]).toMatchObject({ reason: 'trunk trunk is down: its hosts do not answer' });
    expect(host.count('INVITE')).toBe(1);

    answers.set(host, 200);
    await knownAs('up');
    await transfer();
    host.respond(await host.expect('INVITE'), 486);
    expect((await outcomes(3))[2]).toMatchObject({ sipStatus: 486 });
  });
});
