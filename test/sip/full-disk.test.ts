import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { eventually } from '../support/eventually';
import { header, sdp, SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, isOf } from '../support/transfer-call';

let engine: Engine;
let caller: SipPeer;
let bot: SipPeer;
let call: CallThroughEngine;

beforeAll(async () => {
  bot = await SipPeer.open();
  engine = await Engine.start({ bot: bot.uri('bot') });
});

beforeEach(async () => {
  caller = await SipPeer.open();
  call = await callThrough(engine, caller, bot);
});

afterEach(async () => {
  engine.sipServer.makeRoom();
  await caller.close();
});

afterAll(async () => {
  await engine.stop();
  await bot.close();
});

const health = async (): Promise<{ status: string; reasons: string[] }> =>
  (await (await engine.control('/health')).json()) as { status: string; reasons: string[] };

async function pass(version: number): Promise<void> {
  call.callerDialog.request('INVITE', { body: sdp(version, 21000 + version) });
  bot.accept(await bot.expect('INVITE'), { body: sdp(version, 31000), tag: 'bot-tag' });
  await caller.expect((message) => isOf(message, 'INVITE') && message.status === 200);
  call.callerDialog.ack();
  await bot.expect('ACK');
}

async function hangUp(): Promise<void> {
  call.callerDialog.request('BYE');
  await caller.expect((message) => isOf(message, 'BYE') && message.status === 200);
  bot.respond(await bot.expect('BYE'), 200);
}

async function newCall(): Promise<{ status: number; retryAfter: string | undefined }> {
  const other = await SipPeer.open();
  const dialog = other.dial({ port: engine.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
  const answer = await other.expect((message) => (message.status ?? 0) >= 200);
  dialog.confirm(answer).ack();
  await other.close();
  return { status: answer.status ?? 0, retryAfter: header(answer, 'Retry-After') };
}

describe('a full disk', () => {
  it('of the SIP server leaves calls that are up as they are, and sends new ones elsewhere until there is room', async () => {
    engine.sipServer.fillDisk();
    await pass(2);
    await expect(newCall()).resolves.toEqual({ status: 503, retryAfter: '30' });
    await expect(health()).resolves.toMatchObject({
      status: 'unavailable',
      reasons: [expect.stringMatching(/^the store takes nothing: .+ MB free on the disk$/)],
    });
    expect(await (await engine.control('/metrics')).text()).toContain('sip_server_store_failing 1');
    await pass(3);
    engine.sipServer.makeRoom();
    await eventually(async () => (await health()).status === 'ok', 'the SIP server takes calls');
    const later = newCall();
    bot.accept(await bot.expect('INVITE'), { body: sdp() });
    await expect(later).resolves.toMatchObject({ status: 200 });
    await engine.sipServer.ready('the store takes nothing');
    expect(engine.sipServer.output.match(/the store takes nothing/g)).toHaveLength(1);
    await hangUp();
  });

  it('that has room again is as if nothing had been: a SIP server that then dies knows what happened meanwhile', async () => {
    engine.sipServer.fillDisk();
    await pass(2);
    await hangUp();
    await engine.recordOf(call.callId);
    engine.sipServer.makeRoom();
    await eventually(async () => (await health()).status === 'ok', 'the SIP server takes calls');
    await engine.replaceSipServer();
    const { dialogs } = (await (await engine.control('/dialogs')).json()) as {
      dialogs: { tag: string; state: string }[];
    };
    const ofCall = dialogs.filter(({ tag }) => tag.startsWith(call.callId));
    expect(ofCall.map(({ state }) => state)).toEqual(['ended', 'ended']);
  });

  it('of a worker keeps the record of a call that ends back until there is room, and loses none', async () => {
    engine.worker.process.fillDisk();
    await hangUp();
    await eventually(() => engine.worker.log().includes('EFBIG'), 'the worker tries to write the record');
    await expect(engine.records()).resolves.not.toContainEqual(expect.objectContaining({ callId: call.callId }));
    engine.worker.process.makeRoom();
    await expect(engine.recordOf(call.callId, 60_000)).resolves.toMatchObject({
      end: { reasonCode: 'client-disconnected' },
    });
  });
});
