import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { callWorkflowId } from '../../contracts/ids';
import type { CallId } from '../../contracts/ids';
import { endCallUpdate } from '../../contracts/messages';
import type { InviteEngine, NUMBERS } from '../support/invite-engine';
import { inviteEngine } from '../support/invite-engine';
import type { PhoneCall } from '../support/joined-call';
import type { PeerDialog } from '../support/sip-peer-dialog';
import { header, SipPeer } from '../support/sip-peer';
import { StrictPhone } from '../support/strict-phone';
import { isOf, transferTo } from '../support/transfer-call';

let on: InviteEngine;
let call: PhoneCall | undefined;

beforeAll(async () => {
  on = await inviteEngine();
});

afterEach(async () => {
  await call?.close();
});

afterAll(async () => {
  await on.close();
});

async function newCall(trunk?: keyof typeof NUMBERS): Promise<PhoneCall> {
  call = await on.call(trunk);
  return call;
}

/** The caller talks with the target; the bot has left. */
async function connect({ callId, target, transfer, byeAtBot }: PhoneCall): Promise<PeerDialog> {
  await transfer({ transferNotificationsHangupMS: 0 });
  const dialog = target.pickUp(await target.peer.expect('INVITE'));
  await byeAtBot();
  await on.webhook.expect(callId, 'conversationEnd');
  return dialog;
}

describe('caller and target joined through us', () => {
  it('have their holds and INFOs passed on, and the caller is let go when the target leaves', async () => {
    const phones = await newCall();
    const { caller, target, callerDialog, callId, faults } = phones;
    const targetDialog = await connect(phones);
    target.move(41002, 8);
    targetDialog.request('INVITE', { body: target.describeAnew('sendonly') });
    await target.peer.expect((message) => message.status === 200 && isOf(message, 'INVITE'));
    targetDialog.ack();
    expect(caller.hears).toMatchObject({ port: 41002, direction: 'sendonly' });

    callerDialog.request('INFO', { body: 'Signal=5\r\n', contentType: 'application/dtmf-relay' });
    const info = await target.peer.expect('INFO');
    expect(info.body).toContain('Signal=5');
    target.peer.respond(info, 200);
    await caller.peer.expect((message) => message.status === 200 && isOf(message, 'INFO'));

    targetDialog.request('BYE');
    caller.peer.respond(await caller.peer.expect('BYE'), 200);
    await expect(on.engine.recordOf(callId)).resolves.toMatchObject({
      end: { reasonCode: 'transferred', by: 'target' },
    });
    expect(faults()).toEqual([]);
  });

  it('transfer again: the second target takes the place of the first', async () => {
    const phones = await newCall();
    const { caller, target, callerDialog, callId, faults } = phones;
    await connect(phones);
    const secondPeer = await SipPeer.open();
    const second = new StrictPhone(secondPeer, 51000);
    expect(await on.engine.post(callId, transferTo(secondPeer.uri('second')))).toMatchObject({ status: 200 });
    second.pickUp(await secondPeer.expect('INVITE'));
    target.peer.respond(await target.peer.expect('BYE'), 200);
    expect(caller.hears).toMatchObject({ port: 51000, direction: 'sendrecv' });
    expect(second.hears).toMatchObject({ port: 21000, direction: 'sendrecv' });
    callerDialog.request('BYE');
    secondPeer.respond(await secondPeer.expect('BYE'), 200);
    const { transfers } = await on.engine.recordOf(callId);
    expect(transfers.map(({ outcome }) => outcome?.status)).toEqual(['answered', 'answered']);
    expect([...faults(), ...second.faults]).toEqual([]);
    await secondPeer.close();
  });

  it('stay together when the second target does not take the call', async () => {
    const phones = await newCall();
    const { caller, target, callerDialog, callId } = phones;
    await connect(phones);
    const second = await SipPeer.open();
    await on.engine.post(callId, transferTo(second.uri('second')));
    second.respond(await second.expect('INVITE'), 486);
    await second.expect('ACK');
    callerDialog.request('INFO', { body: 'Signal=1\r\n', contentType: 'application/dtmf-relay' });
    target.peer.respond(await target.peer.expect('INFO'), 200);
    expect([caller.peer.count('BYE'), target.peer.count('BYE')]).toEqual([0, 0]);
    const view = await on.engine.view(callId);
    expect(view).toMatchObject({ phase: 'connected', transfers: [{}, { outcome: { reasonCode: 'busy' } }] });
    const { workflow } = await on.engine.client();
    const handle = workflow.getHandle(callWorkflowId(callId as CallId));
    await handle.executeUpdate(endCallUpdate, { args: [{}] });
    caller.peer.respond(await caller.peer.expect('BYE'), 200);
    target.peer.respond(await target.peer.expect('BYE'), 200);
    await second.close();
  });
});

describe('a transfer by INVITE', () => {
  it('without notifications lets the bot go at once, and the caller too when the target is busy', async () => {
    const phones = await newCall();
    const { caller, target, transfer, byeAtBot, callId } = phones;
    await transfer({ transferNotifications: false });
    await byeAtBot();
    target.peer.respond(await target.peer.expect('INVITE'), 486);
    caller.peer.respond(await caller.peer.expect('BYE'), 200);
    await expect(on.engine.recordOf(callId)).resolves.toMatchObject({
      end: { reasonCode: 'error', by: 'transfer' },
      transfers: [{ outcome: { reasonCode: 'busy' } }],
    });
  });

  it('cancels the target when the bot asks to hang up', async () => {
    const phones = await newCall();
    const { target, transfer, callId } = phones;
    await transfer();
    const invite = await target.peer.expect('INVITE');
    target.peer.respond(invite, 180);
    await on.engine.post(callId, { type: 'event', name: 'hangup' });
    target.peer.respond(await target.peer.expect('CANCEL'), 200);
    target.peer.respond(invite, 487);
    await expect(on.engine.recordOf(callId)).resolves.toMatchObject({ end: { reasonCode: 'bot-disconnected' } });
  });

  it('lets the target make the offer where the trunk says so', async () => {
    const phones = await newCall('lateOffer');
    const { caller, target, transfer, callId, faults } = phones;
    await transfer();
    const invite = await target.peer.expect('INVITE');
    expect(invite.body).toBe('');
    target.pickUp(invite);
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
    expect(target.hears).toMatchObject({ port: 21000 });
    expect(caller.hears).toMatchObject({ port: 41000 });
    expect(faults()).toEqual([]);
  });
});

describe('a transfer by auto', () => {
  it('goes on by INVITE when the peer will not take REFER, remembers that, and speaks of one outcome', async () => {
    const phones = await newCall('auto');
    const { caller, target, transfer, callId } = phones;
    await transfer();
    caller.peer.respond(await caller.peer.expect('REFER'), 603);
    target.peer.respond(await target.peer.expect('INVITE'), 486);
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({
      value: { status: 'failed', reasonCode: 'busy' },
    });
    await transfer({ transferNotificationsHangupMS: 0 });
    target.pickUp(await target.peer.expect((message) => message.method === 'INVITE'));
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
    expect(caller.peer.count('REFER')).toBe(1);
    const { transfers } = await on.engine.view(callId);
    expect(transfers).toMatchObject([
      { method: 'invite', referRefused: { sipStatus: 603 } },
      { method: 'invite', referRefused: { sipStatus: 603 } },
    ]);
    expect(header(caller.peer.log.find(({ message }) => message.method === 'REFER')!.message, 'Refer-To')).toContain(
      'agent'
    );
  });

  it('does not ask again where the trunk counts the answer as one to this transfer', async () => {
    const phones = await newCall('declines');
    const { caller, target, transfer, callId } = phones;
    await transfer();
    caller.peer.respond(await caller.peer.expect('REFER'), 603);
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({
      value: { status: 'failed', reasonCode: 'declined' },
    });
    expect(target.peer.count('INVITE')).toBe(0);
  });
});
