import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TransferOutcome } from '../../contracts/transfer';
import { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import type { PhoneCall } from '../support/joined-call';
import { phoneCall } from '../support/joined-call';
import type { ReceivedMessage } from '../support/sip-peer';
import { header, SipPeer } from '../support/sip-peer';
import { StrictPhone } from '../support/strict-phone';
import { isOf } from '../support/transfer-call';

const NUMBER = '5000';

describe('a trunk with a second host', () => {
  let engine: Engine;
  let botPeer: SipPeer;
  let first: SipPeer;
  let second: SipPeer;
  let call: PhoneCall;

  beforeAll(async () => {
    [botPeer, first, second] = [await SipPeer.open(), await SipPeer.open(), await SipPeer.open()];
    engine = await Engine.start({
      bot: botPeer.uri('bot'),
      trunk: {
        host: first.sentBy,
        backupHosts: [second.sentBy],
        failoverMs: 1_000,
        ringTimeoutMs: 20_000,
        transferMethod: 'invite',
      },
    });
  });

  afterAll(async () => {
    await engine.stop();
    await Promise.all([botPeer, first, second].map((peer) => peer.close()));
  });

  beforeEach(async () => {
    call = await phoneCall(engine, botPeer);
    await call.transfer({ transferTarget: `tel:${NUMBER}`, transferNotificationsHangupMS: 0 });
  });

  afterEach(async () => {
    await engine.post(call.callId, { type: 'event', name: 'hangup' });
    await call.close();
  });

  const ofCall =
    (method: string) =>
    (message: ReceivedMessage): boolean =>
      message.method === method && (header(message, 'Call-ID') ?? '').startsWith(call.callId);

  const invited = (host: SipPeer): Promise<ReceivedMessage> => host.expect(ofCall('INVITE'));

  async function outcome(): Promise<TransferOutcome | undefined> {
    const found = async (): Promise<TransferOutcome | undefined> =>
      (await engine.view(call.callId)).transfers[0]?.outcome;
    await eventually(async () => (await found()) !== undefined, 'the transfer has an outcome');
    return found();
  }

  it('is called there when the first has no capacity', async () => {
    first.respond(await invited(first), 503);
    const invite = await invited(second);
    expect(invite.uri).toBe(`sip:${NUMBER}@${second.sentBy}`);
    new StrictPhone(second, 51000).pickUp(invite);
    expect(await outcome()).toMatchObject({ status: 'answered' });
    expect(call.caller.hears.port).toBe(51000);
  });

  it('is called there when the first says nothing, and an answer that still comes is ended', async () => {
    const silent = await invited(first);
    new StrictPhone(second, 51000).pickUp(await invited(second));
    expect(await outcome()).toMatchObject({ status: 'answered' });
    first.respond(silent, 180, { tag: 'late' });
    first.respond(await first.expect(ofCall('CANCEL')), 200);
    first.accept(silent, { tag: 'late', body: call.target.sdp });
    first.respond(await first.expect(ofCall('BYE')), 200);
    expect(call.caller.hears.port).toBe(51000);
    expect((await engine.view(call.callId)).phase).not.toBe('ended');
  });

  it('fails with the answer of the last', async () => {
    first.respond(await invited(first), 503);
    second.respond(await invited(second), 486);
    expect(await outcome()).toMatchObject({ status: 'failed', reasonCode: 'busy', sipStatus: 486 });
  });

  it.each([486, 404, 500])('is not called there for %i, which is an answer', async (status) => {
    first.respond(await invited(first), status);
    expect(await outcome()).toMatchObject({ status: 'failed', sipStatus: status });
    expect(second.count(ofCall('INVITE'))).toBe(0);
  });

  it('is not called there once the first has rung', async () => {
    const invite = await invited(first);
    first.respond(invite, 180);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    first.respond(invite, 503);
    expect(await outcome()).toMatchObject({ status: 'failed', sipStatus: 503 });
    expect(second.count(ofCall('INVITE'))).toBe(0);
  });

  it('gets the CANCEL when the caller leaves while it rings', async () => {
    first.respond(await invited(first), 503);
    const invite = await invited(second);
    second.respond(invite, 180);
    call.callerDialog.request('BYE');
    await call.caller.peer.expect((message) => message.status === 200 && isOf(message, 'BYE'));
    second.respond(await second.expect(ofCall('CANCEL')), 200);
    second.respond(invite, 487);
    await call.byeAtBot();
    expect(await engine.recordOf(call.callId)).toMatchObject({ end: { reasonCode: 'client-disconnected' } });
  });

  it('is called once although the worker dies while it rings', async () => {
    first.respond(await invited(first), 503);
    const invite = await invited(second);
    second.respond(invite, 180);
    await engine.worker.kill();
    engine.worker = await engine.startWorker();
    new StrictPhone(second, 51000).pickUp(invite);
    expect(await outcome()).toMatchObject({ status: 'answered' });
    expect([first, second].map((host) => host.count(ofCall('INVITE')))).toEqual([1, 1]);
  });
});
