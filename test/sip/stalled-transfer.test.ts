import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, report, transferTo } from '../support/transfer-call';
import { variedEngine } from '../support/varied-engine';
import type { VariedEngine } from '../support/varied-engine';

const CALLS = 10;
const TRANSFERS = 3;
/** One call after the other asks, so that the worker stalls at every moment of a request of one of them. */
const APART_MS = 5;
/** Longer than a workflow task may take (2 s): Temporal gives the task to somebody anew. */
const STALLED_MS = 2_500;
const LIMIT_MS = 60_000;

let on: VariedEngine;
let bot: SipPeer;
const callers: SipPeer[] = [];

beforeAll(async () => {
  bot = await SipPeer.openReliable();
  on = await variedEngine(bot.uri('bot'));
});

afterAll(async () => {
  await on.close();
  for (const peer of [bot, ...callers]) await peer.close();
});

/** A call whose transfers all fail: the target is busy. */
async function up(): Promise<CallThroughEngine> {
  const caller = await SipPeer.openReliable();
  callers.push(caller);
  const call = await callThrough(on.engine, caller, bot);
  caller.whenever('REFER', (refer) => {
    caller.respond(refer, 202, { headers: [['Contact', caller.contact]] });
    report(call.callerDialog, 486, 'Busy Here', refer);
  });
  return call;
}

async function failsToTransfer({ callId }: CallThroughEngine): Promise<void> {
  await on.engine.post(callId, transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: 0 }));
  await on.webhook.expect(callId, 'transferStatus', LIMIT_MS);
}

it('a worker that stalls while transfers are asked for leaves no call stuck', async () => {
  const calls: CallThroughEngine[] = [];
  for (let n = 0; n < CALLS; n++) calls.push(await up());
  for (let n = 0; n < TRANSFERS; n++) {
    const failing = calls.map((call, i) => delay(i * APART_MS).then(() => failsToTransfer(call)));
    await delay((CALLS * APART_MS) / 2);
    on.engine.worker.hang();
    await delay(STALLED_MS);
    on.engine.worker.process.goOn();
    await Promise.all(failing);
  }
  bot.whenever('BYE', (bye) => bot.respond(bye, 200));
  for (const { callId, caller, callerDialog } of calls) {
    callerDialog.request('BYE');
    const { end, transfers } = await on.engine.recordOf(callId, LIMIT_MS);
    expect(end.reasonCode).toBe('client-disconnected');
    expect(transfers.map(({ outcome }) => outcome?.status)).toEqual(Array(TRANSFERS).fill('failed'));
    expect(caller.count('REFER')).toBe(TRANSFERS);
    expect(on.webhook.count(callId, 'transferStatus')).toBe(TRANSFERS);
  }
}, 240_000);
