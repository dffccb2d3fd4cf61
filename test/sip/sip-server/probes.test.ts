import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually';
import { cseqOf, header, isAnswerTo, sdp } from '../../support/sip-peer';
import type { PeerMessage } from '../../support/sip-peer-message';
import { FAST } from './fixture';
import type { KeptCall } from './probes-world';
import { ProbesWorld } from './probes-world';

let world: ProbesWorld;

afterEach(() => world.close());

const isFinalAnswerToBye = (message: PeerMessage): boolean =>
  (message.status ?? 0) >= 200 && cseqOf(message).method === 'BYE';

/** In the order in which they are asked: that of the store. */
function inOrder(calls: KeptCall[]): KeptCall[] {
  return [...calls].sort((a, b) => (a.dialog.id < b.dialog.id ? -1 : 1));
}

/** Answers the probe of each call, all but the first with 200. @returns what comes to the first */
function answerWith(first: number, [peer, ...others]: KeptCall[]): KeptCall['peer'] {
  for (const other of others) other.peer.whenever('OPTIONS', (options) => other.peer.respond(options, 200));
  peer!.peer.whenever('OPTIONS', (options) => peer!.peer.respond(options, first));
  return peer!.peer;
}

/** A refresh of the session comes and is answered. */
async function refreshed({ peer }: KeptCall): Promise<void> {
  const headers: [string, string][] = [
    ['Contact', peer.contact],
    ['Require', 'timer'],
    ['Session-Expires', '2;refresher=uac'],
  ];
  peer.respond(await peer.expect('INVITE'), 200, { body: sdp(), headers });
}

describe('a server that comes up on the store of another', () => {
  it('ends the dialog that its peer has no more, and tells the application as of a session that expired', async () => {
    world = await ProbesWorld.open(FAST);
    const calls = await world.calls(3);
    await world.restart();
    const peer = answerWith(481, calls);
    const bye = await peer.expect('BYE');
    expect(header(bye, 'Reason')).toContain('the peer has ended the dialog');
    expect(header(bye, 'To')).toContain(calls[0]!.dialog.localTag);
    peer.respond(bye, 481);
    await eventually(() => world.ended.length === 1, 'the end of the dialog');
    expect(world.ended[0]!.get('Call-ID')).toBe(calls[0]!.dialog.callId);
    await eventually(async () => (await world.found('alive')) === 2, 'the other answers');
    expect(calls.slice(1).map(({ peer: other }) => other.count('BYE'))).toEqual([0, 0]);
  });

  it.each([200, 401, 404, 405, 500, 501, 503])('leaves the dialog of a peer that answers %d', async (status) => {
    world = await ProbesWorld.open(FAST);
    const calls = await world.calls(1);
    await world.restart();
    const peer = answerWith(status, calls);
    await eventually(async () => (await world.found('alive')) === 1, 'the answer');
    calls[0]!.dialog.request('BYE');
    await peer.expect(200);
    expect(peer.count('BYE')).toBe(0);
  });

  it.each([
    ['says nothing', undefined],
    ['is not there, as a proxy says', 408],
  ])('asks a peer that %s once more before it ends the dialog', async (_what, status) => {
    world = await ProbesWorld.open(FAST);
    const [call] = await world.calls(1);
    const { peer } = call!;
    await world.restart();
    if (status !== undefined) peer.whenever('OPTIONS', (options) => peer.respond(options, status));
    peer.respond(await peer.expect('BYE'), 200);
    expect(peer.count('OPTIONS')).toBe(2);
    expect(await world.found('silent')).toBe(1);
  });

  it('takes the silence of a peer that it may not reach for no evidence', async () => {
    world = await ProbesWorld.open(FAST);
    const natted = await world.call({ shownUri: 'sip:peer@192.0.2.7:5060' });
    const streaming = await world.call({ over: 'tcp' });
    await world.restart();
    await eventually(async () => (await world.found('unknown')) === 2, 'both time-outs');
    expect(natted.peer.count('OPTIONS')).toBe(1);
    expect(streaming.peer.count('OPTIONS')).toBe(1);
    for (const { peer, dialog } of [natted, streaming]) {
      dialog.request('BYE');
      await peer.expect(200);
      expect(peer.count('BYE')).toBe(0);
    }
  });

  it('asks nobody who has asked for something since', async () => {
    world = await ProbesWorld.open({ ...FAST, probesPerS: 1 });
    const calls = inOrder(await world.calls(5));
    await world.restart();
    const speaking = calls.at(-2)!;
    for (const { peer } of calls) peer.whenever('OPTIONS', (options) => peer.respond(options, 200));
    await eventually(() => calls[0]!.peer.count('OPTIONS') === 1, 'the first probe');
    speaking.dialog.request('INFO');
    await eventually(() => calls.at(-1)!.peer.count('OPTIONS') === 1, 'the last probe');
    expect(calls.map(({ peer }) => peer.count('OPTIONS'))).toEqual([1, 1, 1, 0, 1]);
  });

  it('asks no faster than it may', async () => {
    world = await ProbesWorld.open({ ...FAST, probesPerS: 20 });
    const calls = await world.calls(30);
    await world.restart();
    const at: number[] = [];
    for (const { peer } of calls)
      peer.whenever('OPTIONS', (options) => {
        at.push(Date.now());
        peer.respond(options, 200);
      });
    await eventually(async () => (await world.found('alive')) === 30, 'all answers');
    // Steps of 25 to 75 ms.
    expect(Math.max(...at) - Math.min(...at)).toBeGreaterThan(29 * 25 * 0.9);
  });

  it('leaves it to a session timer that is due soon', async () => {
    world = await ProbesWorld.open({ ...FAST, minSessionExpiresS: 1 });
    const timed = await world.call({ sessionS: 2 });
    const plain = await world.call();
    await world.restart();
    answerWith(200, [plain]);
    await refreshed(timed);
    await eventually(async () => (await world.found('alive')) === 1, 'the answer of the other');
    await refreshed(timed);
    expect(timed.peer.count('OPTIONS')).toBe(0);
  });

  it('asks nobody when it is told so', async () => {
    world = await ProbesWorld.open({ ...FAST, minSessionExpiresS: 1, probesPerS: 0 });
    const call = await world.call({ sessionS: 6 });
    await world.restart();
    await refreshed(call);
    expect(call.peer.count('OPTIONS')).toBe(0);
  });
});

describe('a server whose machine lost power, and with it what was not on the disk yet', () => {
  it('finds out what ended since, and goes on with what did not', async () => {
    world = await ProbesWorld.open(FAST);
    const [ended, staying] = await world.calls(2);
    await world.keepCopy();
    ended!.dialog.request('BYE');
    await ended!.peer.expect(isFinalAnswerToBye);
    const [lost] = await world.calls(1);
    await world.restart('copy');
    const peer = answerWith(481, [ended!, staying!]);
    peer.respond(await peer.expect('BYE'), 481);
    await eventually(() => world.ended.length === 1, 'the end of the dialog');
    expect(world.ended[0]!.get('Call-ID')).toBe(ended!.dialog.callId);
    staying!.dialog.request('INFO');
    await staying!.peer.expect(isAnswerTo('INFO', 200));
    lost!.dialog.request('BYE');
    await lost!.peer.expect(isAnswerTo('BYE', 481));
  });
});

describe('a server that did nothing for a while', () => {
  it('asks whether the peers still have their dialogs', async () => {
    world = await ProbesWorld.open(FAST);
    const calls = await world.calls(2);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
    const peer = answerWith(481, calls);
    peer.respond(await peer.expect('BYE'), 481);
    await eventually(async () => (await world.found('alive')) === 1, 'the other answer');
    expect(calls[1]!.peer.count('BYE')).toBe(0);
  });
});
