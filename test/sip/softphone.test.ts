import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { parseLegTag } from '../../contracts/ids';
import { Baresip, PHONE_USER } from '../support/baresip';
import { Engine } from '../support/engine';
import { freePort } from '../support/free-port';
import { cseqOf, header, tagIn } from '../support/sip-peer-message';
import { Sipp } from '../support/sipp';
import { answerTo, distinct, received } from '../support/sipp-trace';
import { transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

const GRACE_MS = 1_000;

let engine: Engine;
let webhook: WebhookBot;
let botPort: number;
const peers: { close(): Promise<void> }[] = [];

function closedLater<Peer extends { close(): Promise<void> }>(peer: Peer): Peer {
  peers.push(peer);
  return peer;
}

beforeAll(async () => {
  botPort = await freePort();
  webhook = await WebhookBot.open();
  engine = await Engine.start({ bot: `sip:${PHONE_USER}@127.0.0.1:${botPort}`, webhook: webhook.url });
});

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
});

afterAll(() => engine.stop());
afterAll(() => webhook.close());

/** A softphone that talks to a SIPp bot. */
async function phoneWithBot(): Promise<{ phone: Baresip; bot: Sipp; callId: string }> {
  const bot = closedLater(await Sipp.start({ scenario: 'uas-bot', port: botPort }));
  const phone = closedLater(await Baresip.start({ dials: `sip:1000@127.0.0.1:${engine.sipPort}` }));
  const callId = header(await bot.until('the INVITE', received('INVITE')), 'X-Call-ID')!;
  await webhook.expect(callId, 'start');
  await phone.until(/Call established: sip:1000@/);
  return { phone, bot, callId };
}

it('a softphone follows the REFER to a target that answers; the bot hears it and is disconnected after the grace', async () => {
  const { phone, bot, callId } = await phoneWithBot();
  const agent = closedLater(await Sipp.start({ scenario: 'uas-target-answers' }));
  const params = { transferNotificationsHangupMS: GRACE_MS };
  expect((await engine.post(callId, transferTo(agent.uri('agent'), params))).status).toBe(200);
  expect(await webhook.expect(callId, 'transferStatus')).toMatchObject({
    value: { status: 'answered', evidence: 'notify' },
  });

  const byes = distinct(await bot.succeeded(), received('BYE'));
  expect(byes).toHaveLength(1);
  await phone.hangUp();
  const atAgent = await agent.succeeded();
  const answer = atAgent.find((message) => message.status === 200 && cseqOf(message).method === 'INVITE');
  expect(byes[0]!.at - answer!.at).toBeGreaterThanOrEqual(GRACE_MS);
  await expect(engine.recordOf(callId)).resolves.toMatchObject({
    end: { reasonCode: 'transferred' },
    transfers: [{ outcome: { status: 'answered', evidence: 'notify' } }],
  });
});

it('a softphone whose target is busy stays with the bot until it hangs up', async () => {
  const { phone, bot, callId } = await phoneWithBot();
  const busy = closedLater(await Sipp.start({ scenario: 'uas-target-busy' }));
  expect((await engine.post(callId, transferTo(busy.uri('busy')))).status).toBe(200);
  expect(await webhook.expect(callId, 'transferStatus')).toMatchObject({
    value: { status: 'failed', reasonCode: 'busy', sipStatus: 486 },
  });
  await busy.succeeded();
  expect((await bot.messages()).filter(received('BYE'))).toEqual([]);
  expect((await engine.view(callId)).phase).toBe('conversing');
  await phone.hangUp();
  await bot.succeeded();
  await expect(engine.recordOf(callId)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
});

it('a softphone that answers by itself can be the bot', async () => {
  const phone = closedLater(await Baresip.start({ answers: true, port: botPort }));
  const dials = { port: engine.sipPort, number: '1000' };
  const caller = closedLater(await Sipp.start({ scenario: 'uac-caller-bye', dials }));
  const answer = (await caller.succeeded()).find(answerTo('INVITE', 200));
  await phone.until(/Call established/);
  await phone.until(/session closed/);
  const { callId } = parseLegTag(tagIn(header(answer!, 'To'))!)!;
  await expect(engine.recordOf(callId)).resolves.toMatchObject({ end: { reasonCode: 'client-disconnected' } });
});
