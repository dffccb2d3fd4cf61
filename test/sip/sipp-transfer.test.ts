import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { cseqOf, header } from '../support/sip-peer-message';
import type { SippOptions } from '../support/sipp';
import { Sipp } from '../support/sipp';
import { answerTo, distinct, received, sent } from '../support/sipp-trace';
import { transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

const GRACE_MS = 1_500;

let engine: Engine;
let webhook: WebhookBot;
let bot: Sipp;
const peers: Sipp[] = [];

async function start(options: SippOptions): Promise<Sipp> {
  const peer = await Sipp.start(options);
  peers.push(peer);
  return peer;
}

beforeAll(async () => {
  bot = await Sipp.start({ scenario: 'uas-bot' });
  webhook = await WebhookBot.open();
  engine = await Engine.start({ bot: bot.uri('bot'), webhook: webhook.url });
});

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
});

afterAll(() => engine.stop());
afterAll(() => bot.close());
afterAll(() => webhook.close());

const params = {
  transferSipHeaders: [{ name: 'X-Customer', value: '42 & more' }],
  transferReferredByURL: 'sip:bot@example.com',
  transferNotificationsHangupMS: GRACE_MS,
};

/** Caller, bot and both targets are SIPp; the bot's HTTP side is this test. */
async function wholeStory(): Promise<{ callId: string; busy: Sipp; agent: Sipp; caller: Sipp }> {
  const busy = await start({ scenario: 'uas-target-busy' });
  const agent = await start({ scenario: 'uas-target-answers' });
  const caller = await start({
    scenario: 'uac-caller-transferee',
    dials: { port: engine.sipPort, number: '1000' },
  });
  const callId = header(await bot.until('the INVITE', received('INVITE')), 'X-Call-ID')!;
  await webhook.expect(callId, 'start');
  await caller.until('its ACK', sent('ACK'));

  expect((await engine.post(callId, transferTo(busy.uri('busy'), params))).status).toBe(200);
  expect(await webhook.expect(callId, 'transferStatus')).toMatchObject({
    value: { status: 'failed', reasonCode: 'busy', sipStatus: 486 },
  });
  const digit = await bot.until('INFO from the caller, who is back', received('INFO'));
  expect(digit.body).toContain('Signal=2');
  await caller.until('the answer to its INFO', answerTo('INFO', 200));

  expect((await engine.post(callId, transferTo(agent.uri('agent'), params))).status).toBe(200);
  expect(await webhook.expect(callId, 'transferStatus')).toMatchObject({
    value: { status: 'answered', evidence: 'notify' },
  });
  return { callId, busy, agent, caller };
}

it('returns the caller to the bot when the first target is busy, and disconnects the bot after the grace when the second answers', async () => {
  const { callId, ...peersOfCall } = await wholeStory();
  const atCaller = await peersOfCall.caller.succeeded();
  const atBot = await bot.succeeded();
  const atBusy = await peersOfCall.busy.succeeded();
  const atAgent = await peersOfCall.agent.succeeded();

  const [inviteAtBot, ...otherInvites] = distinct(atBot, received('INVITE'));
  expect(otherInvites).toEqual([]);
  expect(callId).toMatch(/^[a-z2-7]{16}$/);
  expect(header(inviteAtBot!, 'X-Call-API')).toBe(`http://127.0.0.1:${engine.apiPort}/v1/calls/${callId}`);

  const refers = distinct(atCaller, received('REFER'));
  expect(refers.map((refer) => [header(refer, 'Refer-To'), header(refer, 'Referred-By')])).toEqual([
    [`<${peersOfCall.busy.uri('busy')}?X-Customer=42%20%26%20more>`, '<sip:bot@example.com>'],
    [`<${peersOfCall.agent.uri('agent')}?X-Customer=42%20%26%20more>`, '<sip:bot@example.com>'],
  ]);
  for (const atTarget of [atBusy, atAgent]) {
    const [invite] = distinct(atTarget, received('INVITE'));
    expect(header(invite!, 'X-Customer')).toBe('42 & more');
    expect(header(invite!, 'Referred-By')).toBe('<sip:bot@example.com>');
  }

  const notifies = distinct(atCaller, sent('NOTIFY'));
  expect(notifies.map(({ body }) => body.trim())).toEqual([
    'SIP/2.0 100 Trying',
    'SIP/2.0 486 Busy Here',
    'SIP/2.0 100 Trying',
    'SIP/2.0 180 Ringing',
    'SIP/2.0 200 OK',
  ]);
  expect(distinct(atCaller, answerTo('NOTIFY')).map((answer) => [cseqOf(answer).number, answer.status])).toEqual(
    notifies.map((notify) => [cseqOf(notify).number, 200])
  );

  const byes = distinct(atBot, received('BYE'));
  expect(byes).toHaveLength(1);
  expect(byes[0]!.at - notifies.at(-1)!.at).toBeGreaterThanOrEqual(GRACE_MS);

  await expect(engine.recordOf(callId)).resolves.toMatchObject({
    end: { reasonCode: 'transferred' },
    transfers: [
      { target: peersOfCall.busy.uri('busy'), outcome: { status: 'failed', reasonCode: 'busy' } },
      { target: peersOfCall.agent.uri('agent'), outcome: { status: 'answered', evidence: 'notify' } },
    ],
  });
  expect(await engine.records()).toHaveLength(1);
});
