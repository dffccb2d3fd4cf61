import { describe, expect, it } from '@jest/globals';
import type { InviteEngine } from '../support/invite-engine';
import { callForEachTest } from '../support/invite-engine';
import type { PhoneCall } from '../support/joined-call';
import { SipPeer } from '../support/sip-peer';

const TAKEOVER_LIMIT_MS = 30_000;

let on: InviteEngine;
let call: PhoneCall;
callForEachTest((engine, open) => {
  on = engine;
  call = open;
});

async function replaceWorker(): Promise<void> {
  await on.engine.worker.kill();
  on.engine.worker = await on.engine.startWorker();
}

/** Caller and bot talk with each other, and the call ends as it should. */
async function isWithBotAgain(): Promise<void> {
  const { callId, caller, bot, callerDialog } = call;
  await on.webhook.expect(callId, 'callContinued');
  expect(caller.hears).toMatchObject({ port: 31000, direction: 'sendrecv' });
  expect(bot.hears).toMatchObject({ port: 21000, direction: 'sendrecv' });
  callerDialog.request('BYE');
  await call.byeAtBot();
  await expect(on.engine.recordOf(callId)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
  expect(call.faults()).toEqual([]);
}

describe('a worker that dies', () => {
  it('while the target of a continueCall talks costs the bot nothing: the caller comes back', async () => {
    const { callId, target, transfer } = call;
    await transfer({ continueCall: true });
    const dialog = target.pickUp(await target.peer.expect('INVITE'));
    await on.webhook.expect(callId, 'transferStatus');
    await on.engine.worker.kill();
    dialog.request('BYE');
    on.engine.worker = await on.engine.startWorker();
    await target.peer.expect(200);
    await isWithBotAgain();
    expect(on.webhook.count(callId, 'callContinued')).toBe(1);
  });

  it('while the caller is given back to the bot leaves them together, with one re-INVITE for it', async () => {
    const { callId, caller, target, transfer } = call;
    await transfer({ continueCall: true });
    const dialog = target.pickUp(await target.peer.expect('INVITE'));
    await on.webhook.expect(callId, 'transferStatus');
    const held = caller.holdBack();
    dialog.request('BYE');
    await held.asked;
    await replaceWorker();
    held.now();
    await isWithBotAgain();
    expect(caller.peer.count('INVITE')).toBe(2);
  });

  it('between two targets of a plan calls each once', async () => {
    const { callId, target, transfer, callerDialog, caller } = call;
    const busy = await SipPeer.open();
    await transfer({
      transferTarget: undefined,
      transferTargets: [busy.uri('busy'), target.peer.uri('agent')],
      transferTimeoutMS: TAKEOVER_LIMIT_MS,
      transferNotificationsHangupMS: 0,
    });
    const invite = await busy.expect('INVITE');
    busy.respond(invite, 180);
    await on.engine.worker.kill();
    busy.respond(invite, 486);
    await busy.expect('ACK');
    on.engine.worker = await on.engine.startWorker();
    target.pickUp(await target.peer.expect('INVITE'));
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({
      value: { status: 'answered' },
    });
    await call.byeAtBot();
    expect(caller.hears.port).toBe(41000);
    callerDialog.request('BYE');
    target.peer.respond(await target.peer.expect('BYE'), 200);
    const { transfers } = await on.engine.recordOf(callId);
    expect(transfers.map(({ outcome }) => outcome?.sipStatus)).toEqual([486, 200]);
    expect([busy.count('INVITE'), target.peer.count('INVITE')]).toEqual([1, 1]);
    expect(call.faults()).toEqual([]);
    await busy.close();
  });
});
