import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { sdp, SipPeer } from '../support/sip-peer';
import { transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

let engine: Engine;
let webhook: WebhookBot;
let caller: SipPeer;

beforeAll(async () => {
  webhook = await WebhookBot.open();
  caller = await SipPeer.open();
  engine = await Engine.start({ webhook: webhook.url, trunk: { allowTargets: ['^sip:'] } });
});

afterAll(async () => {
  await engine.stop();
  await caller.close();
  await webhook.close();
});

it('answers the caller without media, keeps what cannot be played, and hands the caller over', async () => {
  const dialog = caller.dial({ port: engine.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
  const ok = await caller.expect((message) => (message.status ?? 0) >= 200);
  expect(ok.status).toBe(200);
  expect(ok.body).toContain('m=audio 9 RTP/AVP 8');
  expect(ok.body).toContain('a=inactive');
  dialog.confirm(ok);
  dialog.ack();
  const callId = await webhook.conversation('start');
  await webhook.expect(callId, 'start');
  const said = await engine.post(callId, { type: 'message', text: 'Good morning' });
  expect(said).toMatchObject({ status: 200, body: { activities: [{ status: 'recorded' }] } });
  await engine.post(callId, transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: 0 }));
  caller.respond(await caller.expect('REFER'), 202, { headers: [['Contact', caller.contact]] });
  dialog.request('NOTIFY', {
    headers: [
      ['Event', 'refer'],
      ['Subscription-State', 'terminated;reason=noresource'],
    ],
    body: 'SIP/2.0 200 OK\r\n',
    contentType: 'message/sipfrag',
  });
  expect(await webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { status: 'answered' } });
  caller.respond(await caller.expect('BYE'), 200);
  expect(await webhook.expect(callId, 'conversationEnd')).toMatchObject({ value: { reasonCode: 'transferred' } });
  const { prompts } = await engine.recordOf(callId);
  expect(prompts).toMatchObject([{ name: 'message', content: 'Good morning' }]);
});

it('joins the caller to the media server of the channel, while the bot has the call by its webhook', async () => {
  const media = await SipPeer.open();
  const visitor = await SipPeer.open();
  const other = await Engine.start({ webhook: webhook.url, channel: { mediaUri: media.uri('prompts') } });
  const dialog = visitor.dial({ port: other.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
  media.accept(await media.expect('INVITE'), { body: sdp(1, 31000) });
  const ok = await visitor.expect((message) => (message.status ?? 0) >= 200);
  expect(ok.body).toContain('m=audio 31000');
  dialog.confirm(ok);
  dialog.ack();
  await media.expect('ACK');
  const callId = await webhook.conversation('start');
  await other.post(callId, { type: 'event', name: 'hangup', activityParams: { hangupReason: 'heard' } });
  visitor.respond(await visitor.expect('BYE'), 200);
  media.respond(await media.expect('BYE'), 200);
  await expect(other.recordOf(callId)).resolves.toMatchObject({ end: { reason: 'heard' } });
  await other.stop();
  await media.close();
  await visitor.close();
});
