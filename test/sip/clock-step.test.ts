import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SteppedClock } from '../support/clock';
import { eventually } from '../support/eventually';
import { sdp, SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, isOf, transferTo } from '../support/transfer-call';
import { BY_INVITE } from '../support/varied-calls';
import { variedEngine } from '../support/varied-engine';
import type { VariedEngine } from '../support/varied-engine';

const HOUR_MS = 3_600_000;

/** The caller refreshes the session, which ends after 1800 s without. */
const SESSION: [string, string][] = [
  ['Supported', 'timer'],
  ['Session-Expires', '1800;refresher=uac'],
];

let clock: SteppedClock;
let on: VariedEngine;
let caller: SipPeer;
let bot: SipPeer;
let target: SipPeer;
let call: CallThroughEngine;

beforeAll(async () => {
  bot = await SipPeer.open();
  clock = new SteppedClock();
  on = await variedEngine(bot.uri('bot'), { env: clock.env });
});

beforeEach(async () => {
  clock.stepTo(0);
  caller = await SipPeer.open();
  target = await SipPeer.open();
  call = await callThrough(on.engine, caller, bot, SESSION, BY_INVITE);
});

afterEach(async () => {
  await Promise.all([caller, target].map((peer) => peer.close()));
});

afterAll(async () => {
  await on.engine.stop();
  await on.close();
  await bot.close();
  clock.close();
});

/** Steps the clock of SIP server and worker, and waits until both have seen it; their answers by HTTP say what time they have. */
async function stepBy(hours: number): Promise<void> {
  clock.stepTo(hours);
  const hasStepped = (answer: Response): boolean => {
    const aheadMs = Date.parse(answer.headers.get('date') ?? '') - Date.now();
    return Math.abs(aheadMs - hours * HOUR_MS) < HOUR_MS / 2;
  };
  await eventually(async () => hasStepped(await on.engine.control('/health')), 'the SIP server has another time');
  await eventually(async () => hasStepped(await on.engine.api('/healthz')), 'the worker has another time');
}

async function refresh(): Promise<void> {
  call.callerDialog.request('INVITE', { body: sdp(1, 21000) });
  await caller.expect((message) => isOf(message, 'INVITE') && message.status === 200);
  call.callerDialog.ack();
}

async function hangUp(): Promise<void> {
  call.callerDialog.request('BYE');
  await caller.expect((message) => isOf(message, 'BYE') && message.status === 200);
}

const ended = (): number => caller.count('BYE') + bot.count((message) => isOf(message, 'BYE'));

describe.each([1, -1])('a clock that steps by %i h', (hours) => {
  it('neither ends nor prolongs the ringing of a target', async () => {
    const { callId } = call;
    await on.engine.post(callId, transferTo(target.uri('agent'), { transferTimeoutMS: 8_000 }));
    const invite = await target.expect('INVITE');
    target.respond(invite, 180);
    await stepBy(hours);
    await refresh();
    expect(target.count('CANCEL')).toBe(0);
    target.respond(await target.expect('CANCEL'), 200);
    target.respond(invite, 487);
    await expect(on.webhook.expect(callId, 'transferStatus')).resolves.toMatchObject({
      value: { status: 'failed', reasonCode: 'no-answer' },
    });
    await hangUp();
    bot.respond(await bot.expect('BYE'), 200);
    await expect(on.engine.recordOf(callId)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
  });

  it('leaves calls up whose SIP server and worker start anew with it', async () => {
    const before = ended();
    await stepBy(hours);
    await on.engine.replaceSipServer();
    await on.engine.worker.kill();
    on.engine.worker = await on.engine.startWorker();
    await refresh();
    await refresh();
    expect(ended()).toBe(before);
    await hangUp();
    bot.respond(await bot.expect('BYE'), 200);
    await expect(on.engine.recordOf(call.callId)).resolves.toMatchObject({
      end: { reasonCode: 'client-disconnected', by: 'caller' },
    });
  });
});
