import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually';
import { header, sdp, SipPeer } from '../support/sip-peer';
import { callThrough, isOf, transferTo } from '../support/transfer-call';
import { BY_REFER } from '../support/varied-calls';
import { variedEngine } from '../support/varied-engine';
import type { VariedEngine } from '../support/varied-engine';

/** Three times as long as an activity may say nothing. */
const STOPPED_MS = 3_000;
const LIMIT_MS = 60_000;
const WITHIN = { withinMs: LIMIT_MS };

let on: VariedEngine;
let bot: SipPeer;
let caller: SipPeer;
let ringer: SipPeer;
let target: SipPeer;

beforeAll(async () => {
  [bot, caller, ringer, target] = await Promise.all([
    SipPeer.openReliable(),
    SipPeer.openReliable(),
    SipPeer.openReliable(),
    SipPeer.openReliable(),
  ]);
  on = await variedEngine(bot.uri('bot'));
});

afterAll(async () => {
  await on.close();
  await Promise.all([bot, caller, ringer, target].map((peer) => peer.close()));
});

/** Waits until the ringing activity of a call runs again, and has told Temporal twice that it does: the run before has been told that it is over. */
async function runsAgain(callId: string): Promise<void> {
  const handle = (await on.engine.client()).workflow.getHandle(`call-${callId}`);
  const beats = new Set<string>();
  await eventually(
    async () => {
      const { pendingActivities = [] } = (await handle.describe()).raw;
      const [ringing] = pendingActivities ?? [];
      const beat = ringing?.lastHeartbeatTime;
      if ((ringing?.attempt ?? 0) > 1 && beat) beats.add(`${String(beat.seconds)}.${beat.nanos}`);
      return beats.size > 2;
    },
    `the activity of ${callId} runs again`,
    LIMIT_MS
  );
}

it('a worker does nothing while the bot of one call and the target of another ring: both ring on, and their answers count', async () => {
  const { engine } = on;
  const call = await callThrough(engine, caller, bot);
  await engine.post(call.callId, transferTo(target.uri('agent'), { transferMethod: 'invite' }));
  const atTarget = await target.expect('INVITE', WITHIN);
  target.respond(atTarget, 180, { tag: 'target' });
  const ringing = ringer.dial({ port: engine.sipPort }, { to: `sip:${BY_REFER}@127.0.0.1`, body: sdp() });
  const atBot = await bot.expect('INVITE', WITHIN);
  bot.respond(atBot, 180, { tag: 'bot' });
  await ringer.expect(180, WITHIN);

  engine.worker.hang();
  await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
  engine.worker.process.goOn();
  await Promise.all([runsAgain(call.callId), runsAgain(header(atBot, 'X-Call-ID') ?? '')]);
  expect(bot.count('CANCEL') + target.count('CANCEL')).toBe(0);

  bot.accept(atBot, { body: sdp(1, 31000), tag: 'bot' });
  ringing.confirm(await ringer.expect((message) => isOf(message, 'INVITE') && message.status === 200, WITHIN)).ack();
  ringing.request('BYE');
  bot.respond(await bot.expect('BYE', WITHIN), 200);

  for (const peer of [caller, bot, target])
    peer.whenever('INVITE', (offer) =>
      peer.respond(offer, 200, { body: sdp(2), headers: [['Contact', peer.contact]] })
    );
  target.accept(atTarget, { body: sdp(1, 41000), tag: 'target' });
  await expect(on.webhook.expect(call.callId, 'transferStatus', LIMIT_MS)).resolves.toMatchObject({
    value: { status: 'answered' },
  });
  call.callerDialog.request('BYE');
  target.respond(await target.expect('BYE', WITHIN), 200);
  bot.respond(await bot.expect('BYE', WITHIN), 200);
  expect((await engine.recordOf(call.callId, LIMIT_MS)).end.reasonCode).toBe('transferred');
  expect(await engine.openWorkflows()).toEqual([]);
});
