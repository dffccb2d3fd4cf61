import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { Pbx } from '../support/pbx';
import type { PeerDialog } from '../support/sip-peer-dialog';
import type { ReceivedMessage } from '../support/sip-peer';
import { header, sdp, SipPeer, uriIn } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, notify, transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

const NUMBER = '+4930123';

let engine: Engine;
let webhook: WebhookBot;
let bot: SipPeer;
/** What the trunk leads to: the telephone network behind the PBX. */
let target: SipPeer;
let pbx: Pbx;
let call: CallThroughEngine;

beforeAll(async () => {
  [webhook, bot, target] = [await WebhookBot.open(), await SipPeer.open(), await SipPeer.open()];
  const numbers = { host: undefined, outboundProxy: target.sentBy, allowTargets: ['+49'] };
  engine = await Engine.start({
    bot: bot.uri('bot'),
    webhook: webhook.url,
    trunk: numbers,
    more: {
      trunks: [
        { id: 'tel', login: '1001', sources: ['127.0.0.1'], host: target.sentBy, preserveTelUri: true },
        { id: 'nowhere', login: '1002', sources: ['127.0.0.1'], allowTargets: ['+49'] },
      ],
      channels: [
        { botId: 'tel', trunk: 'tel', leg: bot.uri('bot'), webhook: webhook.url },
        { botId: 'nowhere', trunk: 'nowhere', leg: bot.uri('bot'), webhook: webhook.url },
      ],
    },
  });
});

afterAll(async () => {
  await engine.stop();
  await Promise.all([webhook.close(), bot.close(), target.close()]);
});

beforeEach(async () => {
  pbx = await Pbx.open(engine.sipPort);
});

afterEach(async () => {
  await pbx.close();
});

/** Asks for a transfer to the number, takes the REFER, and gives what it says. */
async function referred(login = '1000', params: Record<string, unknown> = {}): Promise<ReceivedMessage> {
  call = await callThrough(engine, pbx.peer, bot, [], login);
  expect(
    await engine.post(call.callId, transferTo(`tel:${NUMBER}`, { transferNotificationsHangupMS: 0, ...params }))
  ).toMatchObject({ status: 200 });
  const refer = await pbx.peer.expect('REFER');
  pbx.peer.respond(refer, 202);
  await notify(call, 100, 'Trying');
  return refer;
}

/** The target rings, and the PBX hears it on its new call. */
async function rings(returned: PeerDialog, invite: ReceivedMessage): Promise<ReceivedMessage> {
  target.respond(invite, 180, { tag: 'target' });
  return pbx.ringing(returned);
}

/** The PBX's new call and the target talk. */
async function talking(refer: ReceivedMessage): Promise<{ returned: PeerDialog; atTarget: PeerDialog }> {
  const returned = pbx.callBack(refer);
  const invite = await target.expect('INVITE');
  const atTarget = target.accept(invite, { body: sdp(1, 42000) });
  returned.confirm(await pbx.finalOf(returned)).ack();
  await target.expect('ACK');
  return { returned, atTarget };
}

/** The PBX has reported success: the bot is let go, the caller's own leg ends. */
async function concluded(): Promise<void> {
  await notify(call, 200, 'OK');
  bot.respond(await bot.expect('BYE'), 200);
  await pbx.takeBye(call.callerDialog);
}

describe('a call that comes back because of a REFER to a number', () => {
  it('is bridged out over the trunk, talks, and ends when the target hangs up', async () => {
    const refer = await referred('1000', { transferSipHeaders: [{ name: 'X-Customer', value: '42' }] });
    expect(uriIn(header(refer, 'Refer-To'))).toMatch(
      new RegExp(`^sip:\\+4930123@127\\.0\\.0\\.1:${engine.sipPort}\\?X-Customer=42&X-Transfer-Token=`)
    );
    const returned = pbx.callBack(refer);
    const invite = await target.expect('INVITE');
    expect(invite.uri).toBe(`sip:${NUMBER}@${target.sentBy}`);
    expect([header(invite, 'Max-Forwards'), header(invite, 'X-Customer')]).toEqual(['69', '42']);
    expect(JSON.stringify(invite.headers)).not.toMatch(/token/i);
    expect(invite.body).toContain('m=audio 22000');
    expect(header(await rings(returned, invite), 'To')).toContain(`${call.callId}-returned-1`);
    const atTarget = target.accept(invite, { body: sdp(1, 42000), tag: 'target' });
    const ok = await pbx.finalOf(returned);
    expect(ok.body).toContain('m=audio 42000');
    returned.confirm(ok).ack();
    await target.expect('ACK');
    await concluded();

    returned.request('INVITE', { body: sdp(2, 22002) });
    const moved = await target.expect('INVITE');
    expect(moved.body).toContain('m=audio 22002');
    target.respond(moved, 200, { body: sdp(2, 42002), headers: [['Contact', target.contact]] });
    expect((await pbx.finalOf(returned)).body).toContain('m=audio 42002');
    returned.ack();
    await target.expect('ACK');
    expect((await engine.view(call.callId)).phase).toBe('connected');

    atTarget.request('BYE');
    await pbx.takeBye(returned);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({
      end: { reasonCode: 'transferred', by: 'target' },
      transfers: [{ method: 'refer', target: `tel:${NUMBER}`, outcome: { status: 'answered', evidence: 'notify' } }],
      legs: expect.arrayContaining([
        expect.objectContaining({ kind: 'returned', attempt: 1 }),
        expect.objectContaining({ kind: 'target', attempt: 1 }),
      ]),
    });
  });

  it('ends the target when the caller hangs up', async () => {
    const { returned } = await talking(await referred());
    await concluded();
    returned.request('BYE');
    target.respond(await target.expect('BYE'), 200);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({
      end: { reasonCode: 'transferred', by: 'caller' },
    });
  });

  it('is known by the Referred-By that the peer copies, also where the number is preserved', async () => {
    const refer = await referred('1001');
    expect(header(refer, 'Refer-To')).toBe(`<tel:${NUMBER}>`);
    const back = { to: `sip:${NUMBER}@127.0.0.1:${engine.sipPort}`, body: sdp(1, 22000) };
    const returned = pbx.peer.dial(
      { port: engine.sipPort },
      { ...back, headers: [['Referred-By', header(refer, 'Referred-By') ?? '']] }
    );
    const invite = await target.expect('INVITE');
    target.respond(invite, 603);
    expect((await pbx.finalOf(returned)).status).toBe(603);
  });

  it('goes on when the PBX ends the leg that it was referred on, and rests on the target’s answer', async () => {
    const returned = pbx.callBack(await referred());
    const invite = await target.expect('INVITE');
    call.callerDialog.request('BYE');
    expect((await pbx.finalOf(call.callerDialog, 'BYE')).status).toBe(200);
    const atTarget = target.accept(invite, { body: sdp(1, 42000) });
    returned.confirm(await pbx.finalOf(returned)).ack();
    bot.respond(await bot.expect('BYE'), 200);
    atTarget.request('BYE');
    await pbx.takeBye(returned);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({
      transfers: [{ outcome: { status: 'answered', evidence: 'response' } }],
    });
  });

  it('gives the target’s refusal to the PBX, and the bot has the caller back', async () => {
    const returned = pbx.callBack(await referred());
    target.respond(await target.expect('INVITE'), 486);
    expect((await pbx.finalOf(returned)).status).toBe(486);
    await notify(call, 486, 'Busy Here');
    expect(await webhook.expect(call.callId, 'transferStatus')).toMatchObject({
      value: { status: 'failed', reasonCode: 'busy', evidence: 'notify' },
    });
    expect((await engine.view(call.callId)).phase).toBe('conversing');
  });

  it('cancels the target at once when the PBX cancels', async () => {
    const returned = pbx.callBack(await referred());
    const invite = await target.expect('INVITE');
    await rings(returned, invite);
    returned.cancel();
    target.respond(await target.expect('CANCEL'), 200);
    target.respond(invite, 487, { tag: 'target' });
    expect((await pbx.finalOf(returned)).status).toBe(487);
    await notify(call, 487, 'Request Terminated');
    expect(await webhook.expect(call.callId, 'transferStatus')).toMatchObject({
      value: { status: 'failed', sipStatus: 487 },
    });
  });

  it('is over at once when the bot ends the call while the target rings', async () => {
    const returned = pbx.callBack(await referred());
    const invite = await target.expect('INVITE');
    await rings(returned, invite);
    await engine.post(call.callId, { type: 'event', name: 'hangup' });
    target.respond(await target.expect('CANCEL'), 200);
    target.respond(invite, 487, { tag: 'target' });
    expect((await pbx.finalOf(returned)).status).toBe(487);
    returned.ack();
    await pbx.takeBye(call.callerDialog);
    bot.respond(await bot.expect('BYE'), 200);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({ end: { reasonCode: 'bot-disconnected' } });
  });

  it('is bridged by the worker that takes over while the target rings', async () => {
    const returned = pbx.callBack(await referred());
    const invite = await target.expect('INVITE');
    const count = target.count('INVITE');
    await engine.worker.kill();
    engine.worker = await engine.startWorker();
    target.accept(invite, { body: sdp(1, 42000) });
    returned.confirm(await pbx.finalOf(returned)).ack();
    await target.expect('ACK');
    expect(target.count('INVITE')).toBe(count);
    returned.request('BYE');
    target.respond(await target.expect('BYE'), 200);
  });
});

describe('a call that shows', () => {
  it('another token, another number or a token for the second time gets 404 and disturbs nothing', async () => {
    const refer = await referred();
    const token = /X-Transfer-Token=([^&>]+)/.exec(header(refer, 'Refer-To') ?? '')?.[1] ?? '';
    const refused = async (dialog: PeerDialog): Promise<void> => {
      expect((await pbx.finalOf(dialog)).status).toBe(404);
      dialog.ack();
    };
    await refused(
      pbx.callBack(refer, {
        headers: [['X-Transfer-Token', token.replace(/.$/, (last) => (last === '0' ? '1' : '0'))]],
      })
    );
    await refused(pbx.callBack(refer, { headers: [] }));
    await refused(pbx.callBack(refer, { user: '+4930124' }));
    const { returned } = await talking(refer);
    await refused(pbx.callBack(refer));
    returned.request('BYE');
    target.respond(await target.expect('BYE'), 200);
    expect((await pbx.finalOf(returned, 'BYE')).status).toBe(200);
  });

  it('the right token of a trunk with nowhere to call the number gets 404', async () => {
    const returned = pbx.callBack(await referred('1002'));
    expect((await pbx.finalOf(returned)).status).toBe(404);
  });
});
