import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { InviteEngine } from '../support/invite-engine';
import { inviteEngine } from '../support/invite-engine';
import type { PhoneCall } from '../support/joined-call';
import type { WorkerProcess } from '../support/engine';
import { recordCall } from '../support/record-histories';

/** Each test kills the worker that carries the call; one that never saw the call goes on. */

let on: InviteEngine;
let call: PhoneCall;
let carrier: WorkerProcess;

beforeEach(async () => {
  on = await inviteEngine(60_000);
  carrier = on.engine.worker;
  call = await on.call();
});

afterEach(async () => {
  await call.close();
  await on.close();
});

async function replaceWorker(): Promise<void> {
  const next = await on.engine.startWorker();
  await carrier.kill();
  carrier = next;
}

async function expectJoined({ caller, target, callerDialog, callId, faults }: PhoneCall): Promise<void> {
  expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
  expect(caller.hears).toMatchObject({ port: 41000, direction: 'sendrecv' });
  expect(target.hears).toMatchObject({ port: 21000, direction: 'sendrecv' });
  callerDialog.request('BYE');
  target.peer.respond(await target.peer.expect('BYE'), 200);
  await expect(on.engine.recordOf(callId)).resolves.toMatchObject({ end: { reasonCode: 'transferred' } });
  expect(faults()).toEqual([]);
  await recordCall(on.engine, callId);
}

it('calls the target once when the worker dies while it rings, and joins it', async () => {
  const { target, transfer } = call;
  await transfer({ transferNotificationsHangupMS: 0 });
  const invite = await target.peer.expect('INVITE');
  target.peer.respond(invite, 180);
  await replaceWorker();
  target.pickUp(invite);
  await expectJoined(call);
  expect(target.peer.count('INVITE')).toBe(1);
});

it('sends no offer twice when the worker dies in the middle of the join', async () => {
  const { target, caller, transfer } = call;
  const answer = caller.holdBack();
  await transfer({ transferNotificationsHangupMS: 0 });
  target.pickUp(await target.peer.expect('INVITE'));
  await answer.asked;
  await replaceWorker();
  answer.now();
  await expectJoined(call);
  expect(caller.peer.count('INVITE')).toBe(1);
});
