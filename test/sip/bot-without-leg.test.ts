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
}, 60_000);

afterAll(async () => {
  await engine.stop();
  await caller.close();
  await webhook.close();
}, 60_000);

it('answers the caller without media, keeps what cannot be played, and hands the caller over', async () => {
  const dialog = caller.dial({ port: engine.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
  const ok = await caller.expect((message) => (message.status ?? 0) >= 200);
  expect(ok.status).toBe(200);
  expect(ok.body).toContain('m=audio 9 RTP/AVP 8');
  expect(ok.body).toContain('a=inactive');
  dialog.confirm(ok);
  dialog.ack();
  const callId = await webhook.conversation('start');
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
