import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Engine } from '../support/engine';
import type { ReceivedMessage } from '../support/sip-peer';
import { header, SipPeer } from '../support/sip-peer';
import type { CallThroughEngine } from '../support/transfer-call';
import { callThrough, isOf, notify } from '../support/transfer-call';

const AGENT = '<sip:agent@127.0.0.1:5998>';

let engine: Engine;
let bot: SipPeer;
let caller: SipPeer;

beforeAll(async () => {
  bot = await SipPeer.open();
  engine = await Engine.start({
    bot: bot.uri('bot'),
    trunk: { allowTargets: ['@127.0.0.1'] },
    channel: { presets: { transferNotificationsHangupMS: 0 } },
  });
});

beforeEach(async () => {
  caller = await SipPeer.open();
});

afterEach(async () => {
  await caller.close();
});

afterAll(async () => {
  await engine.stop();
  await bot.close();
});

/** The bot's REFER, and the answer it gets. */
async function refer(
  call: CallThroughEngine,
  referTo: string,
  more: [string, string][] = []
): Promise<ReceivedMessage> {
  call.botDialog.request('REFER', { headers: [['Refer-To', referTo], ...more] });
  return bot.expect((message) => isOf(message, 'REFER') && message.status !== undefined);
}

/** The next report that the bot gets, answered. */
async function report(status = 200): Promise<{ body: string; state: string; event: string; request: ReceivedMessage }> {
  const request = await bot.expect('NOTIFY');
  if (status > 0) bot.respond(request, status);
  const [state, event] = ['Subscription-State', 'Event'].map((name) => header(request, name) ?? '');
  return { body: request.body, state: state ?? '', event: event ?? '', request };
}

async function takesRefer(): Promise<ReceivedMessage> {
  const request = await caller.expect('REFER');
  caller.respond(request, 202, { headers: [['Contact', caller.contact]] });
  return request;
}

describe('a bot’s REFER', () => {
  it('becomes the transfer, its headers go along, and the bot hears by NOTIFY how it goes', async () => {
    const call = await callThrough(engine, caller, bot);
    const accepted = await refer(call, '"Agent" <sip:agent@127.0.0.1:5998?X-Customer=42%20%26%20more>;x=y', [
      ['Referred-By', '<sip:bot@example.com>'],
    ]);
    expect(accepted.status).toBe(202);
    const cseq = call.botDialog.cseq;
    expect(await report()).toMatchObject({
      body: 'SIP/2.0 100 Trying\r\n',
      event: `refer;id=${cseq}`,
      state: expect.stringMatching(/^active;expires=\d+$/) as unknown,
    });
    const sent = await takesRefer();
    expect(header(sent, 'Refer-To')).toBe('<sip:agent@127.0.0.1:5998?X-Customer=42%20%26%20more>');
    expect(header(sent, 'Referred-By')).toBe('<sip:bot@example.com>');
    await notify(call, 180, 'Ringing');
    expect((await report()).body).toBe('SIP/2.0 180 Ringing\r\n');
    await notify(call, 486, 'Busy Here');
    expect(await report()).toMatchObject({ body: 'SIP/2.0 486 Busy Here\r\n', state: 'terminated;reason=noresource' });

    expect((await engine.view(call.callId)).phase).toBe('conversing');
    expect((await refer(call, AGENT)).status).toBe(202);
    expect((await report()).event).toBe(`refer;id=${call.botDialog.cseq}`);
    await takesRefer();
    await notify(call, 200, 'OK');
    const last = await report(0);
    expect(last).toMatchObject({ body: 'SIP/2.0 200 OK\r\n', state: 'terminated;reason=noresource' });
    call.callerDialog.request('BYE');
    await caller.expect((message) => isOf(message, 'BYE') && message.status === 200);
    // The bot has not answered the last report: its dialog must not end yet.
    expect(bot.count('BYE')).toBe(0);
    bot.respond(last.request, 200);
    bot.respond(await bot.expect('BYE'), 200);
    await expect(engine.recordOf(call.callId)).resolves.toMatchObject({
      end: { reasonCode: 'transferred' },
      transfers: [{ outcome: { status: 'failed', sipStatus: 486 } }, { outcome: { status: 'answered' } }],
    });
  });

  it('that cannot be carried out is refused with the reason, and the call goes on', async () => {
    const call = await callThrough(engine, caller, bot);
    for (const [referTo, reason] of [
      ['<sip:agent@127.0.0.1:5998>, <sip:b@127.0.0.1>', 'Refer-To is not one URI'],
      ['<sip:agent@127.0.0.1?X-A=%zz>', 'Refer-To has a malformed escape'],
      ['<sip:agent@127.0.0.1;method=BYE>', 'Refer-To asks for BYE'],
      ['<sip:agent@elsewhere.example>', 'not allowed'],
      ['<sip:agent@127.0.0.1?Route=%3Csip:x%3E>', 'Route may not be set'],
    ] as const) {
      const refused = await refer(call, referTo);
      expect([refused.status, refused.reason]).toEqual([400, expect.stringContaining(reason)]);
    }
    expect((await engine.view(call.callId)).transfers).toEqual([]);
    call.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
  });

  it('is refused while another transfer is pending, and told the end of the call', async () => {
    const call = await callThrough(engine, caller, bot);
    expect((await refer(call, AGENT)).status).toBe(202);
    await report();
    await caller.expect('REFER');
    expect((await refer(call, '<sip:other@127.0.0.1:5997>')).status).toBe(491);
    call.callerDialog.request('BYE');
    expect(await report()).toMatchObject({
      body: 'SIP/2.0 487 Request Terminated\r\n',
      state: 'terminated;reason=noresource',
    });
    bot.respond(await bot.expect('BYE'), 200);
  });

  it('outlives the worker that took it', async () => {
    const call = await callThrough(engine, caller, bot);
    expect((await refer(call, AGENT)).status).toBe(202);
    await report();
    const sent = await caller.expect('REFER');
    await engine.worker.kill();
    engine.worker = await engine.startWorker();
    caller.respond(sent, 202, { headers: [['Contact', caller.contact]] });
    await notify(call, 603, 'Decline');
    expect((await report()).body).toBe('SIP/2.0 603 Decline\r\n');
    expect(caller.count('REFER')).toBe(1);
    expect(bot.count((message) => message.method === 'NOTIFY' && message.body.includes('100'))).toBeGreaterThan(0);
    call.callerDialog.request('BYE');
    bot.respond(await bot.expect('BYE'), 200);
  });
});
