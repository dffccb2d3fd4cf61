import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { endCallUpdate } from '../../contracts/messages';
import { callWorkflowId } from '../../contracts/ids';
import type { CallId } from '../../contracts/ids';
import { Engine } from '../support/engine';
import type { ReceivedMessage } from '../support/sip-peer';
import { header, sdp, SipPeer } from '../support/sip-peer';
import type { PeerDialog } from '../support/sip-peer-dialog';
import { isOf, transferTo } from '../support/transfer-call';
import { WebhookBot } from '../support/webhook-bot';

/** `LOAD_CALLS=500 npm test -- --selectProjects sip --testPathPatterns load` for the long one. */
const CALLS = Number(process.env['LOAD_CALLS'] ?? 60);
const AT_ONCE = 12;
const LIMIT = { withinMs: 40_000 };

let engine: Engine;
let bot: SipPeer;
let webhook: WebhookBot;
const atBot = new Map<string, PeerDialog>();

beforeAll(async () => {
  bot = await SipPeer.open();
  webhook = await WebhookBot.open();
  bot.whenever('INVITE', (invite) => {
    const from = header(invite, 'From') ?? '';
    if (from.includes('sip:cancels')) bot.respond(invite, 180, { tag: 'ringing' });
    else atBot.set(header(invite, 'X-Call-ID') ?? '', bot.accept(invite, { body: sdp(1, 31000) }));
    if (from.includes('sip:cancels')) ringing.set(header(invite, 'Call-ID') ?? '', invite);
  });
  bot.whenever('CANCEL', (cancel) => {
    bot.respond(cancel, 200);
    const invite = ringing.get(header(cancel, 'Call-ID') ?? '');
    if (invite) bot.respond(invite, 487, { tag: 'ringing' });
  });
  bot.whenever('BYE', (bye) => bot.respond(bye, 200));
  engine = await Engine.start({
    bot: bot.uri('bot'),
    webhook: webhook.url,
    trunk: { allowTargets: ['^sip:'] },
  });
}, 60_000);
const ringing = new Map<string, ReceivedMessage>();

afterAll(async () => {
  await engine.stop();
  await bot.close();
  await webhook.close();
}, 60_000);

interface UpCall {
  callId: string;
  caller: SipPeer;
  dialog: PeerDialog;
}

async function up(caller: SipPeer): Promise<UpCall> {
  const dialog = caller.dial({ port: engine.sipPort }, { to: 'sip:1000@127.0.0.1', body: sdp() });
  const ok = await caller.expect((message) => (message.status ?? 0) >= 200, LIMIT);
  if (ok.status !== 200) throw new Error(`answered ${ok.status}`);
  dialog.confirm(ok);
  dialog.ack();
  const callId = /tag=([a-z2-7]{16})-/.exec(header(ok, 'To') ?? '')?.[1] ?? '';
  await webhook.expect(callId, 'start');
  return { callId, caller, dialog };
}

/** The transferee's part: takes the REFER and reports what its call came to. */
async function refer({ callId, caller, dialog }: UpCall, status: number): Promise<void> {
  await engine.post(callId, transferTo('sip:agent@127.0.0.1:5998', { transferNotificationsHangupMS: 100 }));
  caller.respond(await caller.expect('REFER', LIMIT), 202, { headers: [['Contact', caller.contact]] });
  for (const [code, state] of [
    [100, 'active'],
    [status, 'terminated;reason=noresource'],
  ] as const)
    dialog.request('NOTIFY', {
      headers: [
        ['Event', 'refer'],
        ['Subscription-State', state],
      ],
      body: `SIP/2.0 ${code} Phrase\r\n`,
      contentType: 'message/sipfrag',
    });
  await webhook.expect(callId, 'transferStatus');
}

async function byeAnswered({ caller }: UpCall): Promise<void> {
  caller.respond(await caller.expect('BYE', LIMIT), 200);
}

async function hangUp({ caller, dialog }: UpCall): Promise<void> {
  dialog.request('BYE');
  await caller.expect((message) => isOf(message, 'BYE') && message.status === 200, LIMIT);
}

/** One way to end a call each, with the reason that its record must have. */
const endings: [string, (call: UpCall) => Promise<void>][] = [
  ['client-disconnected', hangUp],
  [
    'bot-disconnected',
    async (call) => {
      atBot.get(call.callId)?.request('BYE');
      await byeAnswered(call);
    },
  ],
  [
    'bot-disconnected',
    async (call) => {
      await engine.post(call.callId, { type: 'event', name: 'hangup' });
      await byeAnswered(call);
    },
  ],
  [
    'error',
    async (call) => {
      const client = await engine.client();
      const handle = client.workflow.getHandle(callWorkflowId(call.callId as CallId));
      await handle.executeUpdate(endCallUpdate, { args: [{ reason: 'load test' }] });
      await byeAnswered(call);
    },
  ],
  [
    'client-disconnected',
    async (call) => {
      await refer(call, 486);
      await hangUp(call);
    },
  ],
  [
    'transferred',
    async (call) => {
      await refer(call, 200);
      await hangUp(call);
    },
  ],
];

/** @returns call id and expected reason */
async function oneCall(n: number): Promise<{ callId: string; expected: string }> {
  const caller = await SipPeer.open();
  try {
    const way = Math.floor(Math.random() * (endings.length + 1));
    const ending = endings[way];
    if (!ending) return { callId: await cancelled(caller, n), expected: 'caller-cancelled' };
    const call = await up(caller);
    await ending[1](call);
    await engine.recordOf(call.callId);
    return { callId: call.callId, expected: ending[0] };
  } finally {
    await caller.close();
  }
}

async function cancelled(caller: SipPeer, n: number): Promise<string> {
  const from = `sip:cancels${n}@127.0.0.1:${caller.port}`;
  const dialog = caller.dial({ port: engine.sipPort }, { to: 'sip:1000@127.0.0.1', from, body: sdp() });
  const progress = await caller.expect(180, LIMIT);
  dialog.cancel();
  await caller.expect(487, LIMIT);
  const callId = /tag=([a-z2-7]{16})-/.exec(header(progress, 'To') ?? '')?.[1] ?? '';
  await engine.recordOf(callId);
  return callId;
}

it(
  'ends every one of many calls as it should, with one record each and nothing left behind',
  async () => {
    const results: { callId: string; expected: string }[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < CALLS) results.push(await oneCall(next++));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));

    const records = await engine.records();
    const reasons = new Map(records.map(({ callId, end }) => [callId, end.reasonCode]));
    expect(results.filter(({ callId, expected }) => reasons.get(callId as CallId) !== expected)).toEqual([]);
    expect(records).toHaveLength(CALLS);
    expect(await engine.openWorkflows()).toEqual([]);
    expect(engine.worker.log()).not.toMatch(/"level":(50|60)/);
  },
  60_000 + CALLS * 1_000
);
