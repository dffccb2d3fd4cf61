import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { WorkerProcess } from '../support/engine';
import { MortalTemporal } from '../support/mortal-temporal';
import { sdp, SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, isOf, report, transferTo } from '../support/transfer-call';
import { BY_REFER } from '../support/varied-calls';
import { variedEngine } from '../support/varied-engine';
import type { VariedEngine } from '../support/varied-engine';

const STOPPED_MS = 10_000;
const LIMIT_MS = 60_000;
const WITHIN = { withinMs: LIMIT_MS };

let temporal: MortalTemporal;
let on: VariedEngine;
let bot: SipPeer;
let caller: SipPeer;
let call: CallThroughEngine;
let second: WorkerProcess | undefined;

beforeAll(async () => {
  temporal = await MortalTemporal.start();
  bot = await SipPeer.openReliable();
  on = await variedEngine(bot.uri('bot'), { temporal: temporal.address });
});

beforeEach(async () => {
  caller = await SipPeer.openReliable();
  call = await callThrough(on.engine, caller, bot);
});

afterEach(async () => {
  await second?.kill();
  second = undefined;
  await caller.close();
});

afterAll(async () => {
  await on.close();
  await bot.close();
  await temporal.close();
});

/** Asks for a transfer and takes its REFER. */
async function refer(): Promise<void> {
  await on.engine.post(call.callId, transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: 0 }));
  caller.respond(await caller.expect('REFER', WITHIN), 202, { headers: [['Contact', caller.contact]] });
}

async function told(status: string): Promise<void> {
  await expect(on.webhook.expect(call.callId, 'transferStatus', LIMIT_MS)).resolves.toMatchObject({
    value: { status },
  });
}

/** The call is of use: it is transferred once more, and ends. @returns how many REFERs came, and how often the bot was told of one */
async function endsWell(): Promise<[refers: number, statuses: number]> {
  const { callId, callerDialog } = call;
  await refer();
  report(callerDialog, 200, 'OK');
  await told('answered');
  callerDialog.request('BYE');
  await caller.expect((message) => isOf(message, 'BYE') && message.status === 200, WITHIN);
  bot.respond(await bot.expect('BYE', WITHIN), 200);
  const { end, transfers } = await on.engine.recordOf(callId, LIMIT_MS);
  expect(end.reasonCode).toBe('transferred');
  expect(transfers.map(({ outcome }) => outcome?.status)).toEqual(['failed', 'answered']);
  return [caller.count('REFER'), on.webhook.count(callId, 'transferStatus')];
}

const victims: Record<string, { stop: () => void; goOn: () => void }> = {
  'the worker': { stop: () => on.engine.worker.hang(), goOn: () => on.engine.worker.process.goOn() },
  'the SIP server': { stop: () => on.engine.sipServer.hang(), goOn: () => on.engine.sipServer.goOn() },
  'the Temporal server': { stop: () => temporal.hang(), goOn: () => temporal.goOn() },
  'the webhook of the bot': { stop: () => on.webhook.hang(), goOn: () => on.webhook.goOn() },
};

it.each(Object.keys(victims))(
  '%s does nothing for 10 s: what came meanwhile counts once, and the call goes on',
  async (name) => {
    const { stop, goOn } = victims[name]!;
    await refer();
    stop();
    report(call.callerDialog, 486, 'Busy Here');
    await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
    goOn();
    await told('failed');
    await expect(endsWell()).resolves.toEqual([2, 2]);
  }
);

it('a worker does nothing while there is another one: that goes on, and nothing counts twice when the first is back', async () => {
  second = await on.engine.startWorker();
  await refer();
  on.engine.worker.hang();
  report(call.callerDialog, 486, 'Busy Here');
  await told('failed');
  const later = await SipPeer.openReliable();
  const dialog = later.dial({ port: on.engine.sipPort }, { to: `sip:${BY_REFER}@127.0.0.1`, body: sdp() });
  bot.accept(await bot.expect('INVITE', WITHIN), { body: sdp(1, 31000) });
  dialog.confirm(await later.expect((message) => isOf(message, 'INVITE') && message.status === 200, WITHIN)).ack();
  on.engine.worker.process.goOn();
  await expect(endsWell()).resolves.toEqual([2, 2]);
  dialog.request('BYE');
  bot.respond(await bot.expect('BYE', WITHIN), 200);
  await later.expect((message) => isOf(message, 'BYE') && message.status === 200, WITHIN);
  await later.close();
});
