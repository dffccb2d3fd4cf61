import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import { header, SipPeer } from '../support/sip-peer';
import { callThrough } from '../support/transfer-call';

let engine: Engine;
let bot: SipPeer;

beforeAll(async () => {
  bot = await SipPeer.open();
  engine = await Engine.start({ bot: bot.uri('bot') });
});

afterAll(async () => {
  await engine.stop();
  await bot.close();
});

/** What is sent meanwhile comes to nobody. */
async function whileStopped(act: () => void): Promise<void> {
  await engine.worker.kill();
  await engine.killSipServer();
  act();
  await engine.startSipServer();
  engine.worker = await engine.startWorker();
}

it.each([
  ['caller', 'client-disconnected'],
  ['bot', 'bot-disconnected'],
] as const)(
  'a %s that hung up while everything was stopped is asked, and the call ends as %s',
  async (who, reasonCode) => {
    const caller = await SipPeer.open();
    const call = await callThrough(engine, caller, bot);
    const [gone, other] = who === 'caller' ? [caller, bot] : [bot, caller];
    const dialog = who === 'caller' ? call.callerDialog : call.botDialog;
    await whileStopped(() => dialog.request('BYE'));
    gone.whenever(
      ({ method, headers, ...message }) =>
        method !== undefined && header({ headers, ...message }, 'Call-ID') === dialog.callId,
      (request) => gone.respond(request, 481)
    );
    other.respond(await other.expect('BYE'), 200);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({
      end: { reasonCode, reason: 'the peer has ended the dialog' },
    });
    expect(await engine.openWorkflows()).toEqual([]);
    await caller.close();
  }
);
