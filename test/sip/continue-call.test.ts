import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually';
import type { InviteEngine } from '../support/invite-engine';
import { callForEachTest } from '../support/invite-engine';
import type { PhoneCall } from '../support/joined-call';
import { SipPeer } from '../support/sip-peer';
import { StrictPhone } from '../support/strict-phone';
import { transferTo } from '../support/transfer-call';

let on: InviteEngine;
let call: PhoneCall;
callForEachTest((engine, open) => {
  on = engine;
  call = open;
});

/** The target's talk with the caller, from its answer to its BYE. */
async function talk(phone: StrictPhone): Promise<void> {
  const dialog = phone.pickUp(await phone.peer.expect('INVITE'));
  expect(await on.webhook.expect(call.callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
  expect(call.bot.hears.direction).toBe('inactive');
  dialog.request('BYE');
  await phone.peer.expect(200);
}

describe('a transfer with continueCall', () => {
  it('gives the caller back to the bot after the talk, and the bot transfers it again', async () => {
    const { callId, caller, bot, target, callerDialog, transfer } = call;
    await transfer({ continueCall: true });
    await talk(target);
    const continued = await on.webhook.expect(callId, 'callContinued');
    expect(continued).toMatchObject({ value: { target: target.peer.uri('agent') } });
    expect(caller.hears).toMatchObject({ port: 31000, direction: 'sendrecv' });
    expect(bot.hears).toMatchObject({ port: 21000, direction: 'sendrecv' });
    expect((await on.engine.view(callId)).phase).toBe('conversing');

    const secondPeer = await SipPeer.open();
    const second = new StrictPhone(secondPeer, 51000);
    const again = transferTo(secondPeer.uri('second'), { transferNotificationsHangupMS: 0 });
    expect(await on.engine.post(callId, again)).toMatchObject({ status: 200 });
    second.pickUp(await secondPeer.expect('INVITE'));
    await call.byeAtBot();
    expect(caller.hears).toMatchObject({ port: 51000, direction: 'sendrecv' });
    callerDialog.request('BYE');
    secondPeer.respond(await secondPeer.expect('BYE'), 200);
    const { transfers, legs } = await on.engine.recordOf(callId);
    expect(transfers.map(({ outcome }) => outcome?.status)).toEqual(['answered', 'answered']);
    expect(legs).toHaveLength(4);
    expect(legs.filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
    expect([...call.faults(), ...second.faults]).toEqual([]);
    await secondPeer.close();
  });

  it('keeps a bot that asked for no notifications, and tells it when it has the caller back', async () => {
    const { callId, caller, bot, target, callerDialog, transfer } = call;
    await transfer({ continueCall: true, transferNotifications: false });
    const dialog = target.pickUp(await target.peer.expect('INVITE'));
    await target.peer.expect('ACK');
    await eventually(
      async () => (await on.engine.view(callId)).phase === 'connected',
      'the caller is joined with the target'
    );
    expect(caller.hears.port).toBe(41000);
    dialog.request('BYE');
    await on.webhook.expect(callId, 'callContinued');
    expect(caller.hears).toMatchObject({ port: 31000, direction: 'sendrecv' });
    expect(bot.hears).toMatchObject({ port: 21000, direction: 'sendrecv' });
    callerDialog.request('BYE');
    await call.byeAtBot();
    await expect(on.engine.recordOf(callId)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
    expect(on.webhook.count(callId, 'transferStatus')).toBe(0);
    expect(call.faults()).toEqual([]);
  });

  it('ends target and bot when the caller leaves during the talk', async () => {
    const { callId, target, callerDialog, transfer } = call;
    await transfer({ continueCall: true });
    target.pickUp(await target.peer.expect('INVITE'));
    await on.webhook.expect(callId, 'transferStatus');
    callerDialog.request('BYE');
    target.peer.respond(await target.peer.expect('BYE'), 200);
    await call.byeAtBot();
    await expect(on.engine.recordOf(callId)).resolves.toMatchObject({
      end: { reasonCode: 'transferred', by: 'caller' },
    });
    expect(on.webhook.count(callId, 'callContinued')).toBe(0);
  });

  it('gives the caller back also when the target leaves while another one rings, who is busy then', async () => {
    const { callId, caller, bot, target, callerDialog, transfer } = call;
    await transfer({ continueCall: true });
    const dialog = target.pickUp(await target.peer.expect('INVITE'));
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
    const second = await SipPeer.open();
    await on.engine.post(callId, transferTo(second.uri('second')));
    const ringing = await second.expect('INVITE');
    second.respond(ringing, 180);
    dialog.request('BYE');
    await target.peer.expect(200);
    second.respond(ringing, 486);
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { reasonCode: 'busy' } });
    expect(await on.webhook.expect(callId, 'callContinued')).toMatchObject({
      value: { target: target.peer.uri('agent') },
    });
    expect(caller.hears).toMatchObject({ port: 31000, direction: 'sendrecv' });
    expect(bot.hears).toMatchObject({ port: 21000, direction: 'sendrecv' });
    callerDialog.request('BYE');
    await call.byeAtBot();
    expect(call.faults()).toEqual([]);
    await second.close();
  });

  it('goes by INVITE, also where the trunk refers', async () => {
    call = await on.call('auto');
    const { callId, target, caller, callerDialog, transfer } = call;
    await transfer({ continueCall: true });
    await talk(target);
    await on.webhook.expect(callId, 'callContinued');
    expect(caller.peer.count('REFER')).toBe(0);
    callerDialog.request('BYE');
    await call.byeAtBot();
    await call.close();
  });
});
