import { describe, expect, it } from '@jest/globals';
import type { InviteEngine } from '../support/invite-engine';
import { callForEachTest } from '../support/invite-engine';
import type { PhoneCall } from '../support/joined-call';
import { header } from '../support/sip-peer';
import { isOf } from '../support/transfer-call';

const GRACE_MS = 300;

let on: InviteEngine;
let call: PhoneCall;

callForEachTest((engine, phones) => {
  [on, call] = [engine, phones];
});

describe('a transfer by INVITE', () => {
  it('joins caller and target, keeps the bot on hold for the grace, and ends the target with the caller', async () => {
    const { caller, target, transfer, callId, callerDialog } = call;
    await transfer({
      transferNotificationsHangupMS: GRACE_MS,
      transferSipHeaders: [{ name: 'X-Customer', value: '42' }],
      transferReferredByURL: 'sip:bot@example.com',
    });
    const invite = await target.peer.expect('INVITE');
    expect(header(invite, 'X-Customer')).toBe('42');
    expect(header(invite, 'Referred-By')).toBe('<sip:bot@example.com>');
    target.peer.respond(invite, 183, {
      tag: 'early',
      body: 'v=0\r\no=e 1 1 IN IP4 1.1.1.1\r\nm=audio 1 RTP/AVP 0\r\n',
    });
    expect(caller.peer.count('INVITE')).toBe(0);
    target.pickUp(invite);
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
    expect(caller.hears).toMatchObject({ port: 41000, direction: 'sendrecv' });
    expect(target.hears).toMatchObject({ port: 21000, direction: 'sendrecv' });
    expect(call.bot.hears.direction).toBe('inactive');
    await call.byeAtBot();
    expect(await on.webhook.expect(callId, 'conversationEnd')).toMatchObject({ value: { reasonCode: 'transferred' } });
    expect((await on.engine.view(callId)).phase).toBe('connected');

    callerDialog.request('BYE');
    target.peer.respond(await target.peer.expect('BYE'), 200);
    await expect(on.engine.recordOf(callId)).resolves.toMatchObject({
      end: { reasonCode: 'transferred', by: 'caller' },
      transfers: [{ method: 'invite', outcome: { status: 'answered', evidence: 'response' } }],
    });
    expect(call.faults()).toEqual([]);
  });

  it.each([
    [486, 'busy'],
    [603, 'declined'],
    [302, 'error'],
    [480, 'no-answer'],
  ])('gives the bot the call back for %i', async (status, reasonCode) => {
    const { caller, target, transfer, callId } = call;
    await transfer();
    target.peer.respond(await target.peer.expect('INVITE'), status);
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({
      value: { status: 'failed', reasonCode, sipStatus: status, evidence: 'response' },
    });
    expect([caller.peer.count('INVITE'), caller.peer.count('BYE')]).toEqual([0, 0]);
    expect((await on.engine.view(callId)).phase).toBe('conversing');
  });

  it('cancels a target that does not answer in time', async () => {
    const { target, transfer, callId } = call;
    await transfer();
    const invite = await target.peer.expect('INVITE');
    target.peer.respond(invite, 180);
    const cancel = await target.peer.expect('CANCEL');
    target.peer.respond(cancel, 200);
    target.peer.respond(invite, 487);
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({
      value: { status: 'failed', reasonCode: 'no-answer', evidence: 'timer' },
    });
  });

  it('cancels the target when the caller leaves, and ends an answer that crosses', async () => {
    const { target, transfer, callId, callerDialog, caller } = call;
    await transfer();
    const invite = await target.peer.expect('INVITE');
    target.peer.respond(invite, 180);
    callerDialog.request('BYE');
    await caller.peer.expect((message) => message.status === 200 && isOf(message, 'BYE'));
    const cancel = await target.peer.expect('CANCEL');
    target.pickUp(invite);
    target.peer.respond(cancel, 200);
    target.peer.respond(await target.peer.expect('BYE'), 200);
    await call.byeAtBot();
    await expect(on.engine.recordOf(callId)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
  });

  it('gives the caller back when it does not take the target’s media', async () => {
    const { caller, target, transfer, callId } = call;
    caller.refuse(488);
    await transfer();
    target.pickUp(await target.peer.expect('INVITE'));
    target.peer.respond(await target.peer.expect('BYE'), 200);
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({
      value: { status: 'failed', reasonCode: 'error', evidence: 'media', sipStatus: 488 },
    });
    expect(call.bot.hears).toMatchObject({ port: 21000, direction: 'sendrecv' });
    expect(caller.hears).toMatchObject({ port: 31000, direction: 'sendrecv' });
    expect(call.faults()).toEqual([]);
  });

  it('ends the call when it does not take the target’s media and the bot knows its dialog no more', async () => {
    const { caller, target, transfer, callId } = call;
    caller.refuse(488);
    call.bot.refuse(481);
    await transfer();
    target.pickUp(await target.peer.expect('INVITE'));
    for (const { peer } of [target, caller]) peer.respond(await peer.expect('BYE'), 200);
    await expect(on.engine.recordOf(callId)).resolves.toMatchObject({
      end: { reasonCode: 'bot-disconnected', by: 'fault' },
    });
  });

  it('tries again after 491', async () => {
    const { caller, target, transfer, callId } = call;
    caller.refuse(491, 491);
    call.bot.refuse(491);
    await transfer();
    target.pickUp(await target.peer.expect('INVITE'));
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
    expect(caller.hears).toMatchObject({ port: 41000 });
    expect(call.bot.hears.direction).toBe('inactive');
    expect(call.faults()).toEqual([]);
  });

  it('tells the target where the caller moves to when it answers the join', async () => {
    const { caller, target, transfer, callId } = call;
    await transfer();
    const invite = await target.peer.expect('INVITE');
    caller.move(21444, 0);
    target.pickUp(invite);
    await on.webhook.expect(callId, 'transferStatus');
    expect(target.hears).toMatchObject({ port: 21444, payloadType: 0 });
    expect(call.faults()).toEqual([]);
  });
});
