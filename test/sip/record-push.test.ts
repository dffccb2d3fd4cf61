import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import { phoneCall } from '../support/joined-call';
import { RecordReceiver } from '../support/record-receiver';
import { SipPeer } from '../support/sip-peer';

let botPeer: SipPeer;
let receiver: RecordReceiver;
let engine: Engine;

beforeAll(async () => {
  [botPeer, receiver] = [await SipPeer.open(), await RecordReceiver.open()];
  engine = await Engine.start({
    bot: botPeer.uri('bot'),
    push: { url: receiver.url },
    env: { DURABLE_CALLS_RECORDS_TOKEN: 'secret-of-the-receiver' },
  });
});

afterAll(async () => {
  await engine.stop();
  await botPeer.close();
  await receiver.close();
});

/** A call from its answer to the caller's BYE. */
async function endedCall(): Promise<string> {
  const call = await phoneCall(engine, botPeer);
  call.callerDialog.request('BYE');
  await call.byeAtBot();
  await call.close();
  return call.callId;
}

describe('the push of a record', () => {
  it('is repeated under one key until the receiver takes it, and the call is over then', async () => {
    receiver.refuse(503, 503);
    const callId = await endedCall();
    const record = await engine.recordOf(callId);
    await eventually(() => receiver.posts.length === 3, 'a third POST');
    expect(await engine.openWorkflows()).toEqual([]);
    expect(receiver.posts).toHaveLength(3);
    for (const post of receiver.posts.splice(0)) {
      expect(post.headers).toMatchObject({
        'idempotency-key': record.key,
        authorization: 'Bearer secret-of-the-receiver',
        'content-type': 'application/json',
      });
      expect(post.record).toEqual(record);
    }
    expect(await engine.records()).toHaveLength(1);
  });

  it('is made by the next worker when one dies between two tries', async () => {
    receiver.refuse(503, 503);
    const callId = await endedCall();
    await eventually(() => receiver.posts.length > 0, 'a first POST');
    await engine.worker.kill();
    engine.worker = await engine.startWorker();
    await eventually(() => receiver.posts.length === 3, 'a third POST');
    expect(await engine.openWorkflows()).toEqual([]);
    const { key } = await engine.recordOf(callId);
    expect(receiver.posts.map(({ headers }) => headers['idempotency-key'])).toEqual([key, key, key]);
  });
});
