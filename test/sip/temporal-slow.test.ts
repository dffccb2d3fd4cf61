import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { phoneCall } from '../support/joined-call';
import type { PhoneCall } from '../support/joined-call';
import { SipPeer } from '../support/sip-peer';
import { TcpWay } from '../support/tcp-way';
import { isOf, notify } from '../support/transfer-call';
import { BY_INVITE, BY_REFER } from '../support/varied-calls';
import { variedEngine } from '../support/varied-engine';
import type { VariedEngine } from '../support/varied-engine';

const LATE_MS = 500;
const LIMIT_MS = 60_000;
const WITHIN = { withinMs: LIMIT_MS };
const GRACE = { transferNotificationsHangupMS: 100 };

let way: TcpWay;
let bot: SipPeer;
let on: VariedEngine;

beforeAll(async () => {
  way = await TcpWay.open({ answersLateByMs: LATE_MS });
  const port = way.leadTo(Number(process.env['TEMPORAL_ADDRESS']?.split(':')[1]));
  bot = await SipPeer.open();
  on = await variedEngine(bot.uri('bot'), { temporal: `127.0.0.1:${port}` });
});

afterAll(async () => {
  await on.close();
  await bot.close();
  await way.close();
});

async function told({ callId }: PhoneCall, status: string): Promise<void> {
  await expect(on.webhook.expect(callId, 'transferStatus', LIMIT_MS)).resolves.toMatchObject({ value: { status } });
}

/** The caller hangs up; the record says how both of its transfers went. */
async function endsTransferred({ callId, caller, callerDialog }: PhoneCall): Promise<void> {
  callerDialog.request('BYE');
  await caller.peer.expect((message) => isOf(message, 'BYE') && message.status === 200, WITHIN);
  const { end, transfers } = await on.engine.recordOf(callId, LIMIT_MS);
  expect(end.reasonCode).toBe('transferred');
  expect(transfers.map(({ outcome }) => outcome?.status)).toEqual(['failed', 'answered']);
  expect(on.webhook.count(callId, 'transferStatus')).toBe(2);
}

it('Temporal answers 500 ms late: a REFER that fails and one that does not come out as ever', async () => {
  const call = await phoneCall(on.engine, bot, BY_REFER);
  const { peer: caller } = call.caller;
  const refer = async (status: number): Promise<void> => {
    await call.transfer(GRACE);
    const request = await caller.expect('REFER', WITHIN);
    caller.respond(request, 202, { headers: [['Contact', caller.contact]] });
    await notify({ caller, callerDialog: call.callerDialog }, status, 'Phrase', request);
  };
  await refer(486);
  await told(call, 'failed');
  await refer(200);
  await told(call, 'answered');
  await call.byeAtBot();
  await endsTransferred(call);
  expect([caller.count('REFER'), call.faults()]).toEqual([2, []]);
  await call.close();
});

it('Temporal answers 500 ms late: a target that is busy and one that answers come out as ever', async () => {
  const call = await phoneCall(on.engine, bot, BY_INVITE);
  const { caller, target } = call;
  await call.transfer(GRACE);
  target.peer.respond(await target.peer.expect('INVITE', WITHIN), 486);
  await told(call, 'failed');
  await call.transfer(GRACE);
  target.pickUp(await target.peer.expect('INVITE', WITHIN));
  await told(call, 'answered');
  expect([caller.hears.port, target.hears.port]).toEqual([41000, 21000]);
  await call.byeAtBot();
  const byeAtTarget = target.peer.expect('BYE', WITHIN).then((bye) => target.peer.respond(bye, 200));
  await Promise.all([endsTransferred(call), byeAtTarget]);
  expect(call.faults()).toEqual([]);
  await call.close();
});
