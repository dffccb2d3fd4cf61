import { header } from '../../support/sip-peer';
import { transferTo } from '../../support/transfer-call';
import type { CrashCall } from './crash-call';
import { received } from './crash-call';
import { playInvite } from './invite-story';
import { playRefer } from './refer-story';
import { GRACE_MS } from '../world';

/** How a call went, apart from what is judged: `transferred`, or that it ended before there was a transfer. */
export type Ending = 'transferred' | 'refused' | 'given up';

const RINGING = 180;

/** A call from its INVITE to its end, as its peers play it. */
export async function play(call: CrashCall): Promise<Ending> {
  const before = await setUp(call);
  if (before === 'refused') return before;
  if (before === 'up') await talk(call);
  const { posts } = call.world.records;
  await call.sees('record', () => posts.find(({ record }) => record.callId === call.callId));
  await call.at('record');
  return before === 'up' ? 'transferred' : before;
}

async function talk(call: CrashCall): Promise<void> {
  await call.at('conversing');
  if (call.isAt('conversing')) await askInfo(call);
  await call.arm('transfer asked');
  const asked = askTransfer(call);
  await Promise.all([asked, call.cell.method === 'REFER' ? playRefer(call) : playInvite(call)]);
}

/** Something that the caller asks and the bot or the target answers. */
export async function askInfo(call: CrashCall): Promise<void> {
  await call.callerAsks('INFO', 'INFO', { body: 'Signal=7\r\n', contentType: 'application/dtmf-relay' });
}

/** The webhook hears how the transfer went, and its grace begins. */
export async function hearStatus(call: CrashCall): Promise<void> {
  const { webhook } = call.world.bot;
  await call.sees('transferStatus', () =>
    webhook.events.find(({ callId, event }) => callId === call.callId && event.name === 'transferStatus')
  );
  await call.at('telling the bot');
  await call.at('grace timer');
}

/** The engine's BYE at the bot, answered. */
export async function byeAtBot(call: CrashCall): Promise<void> {
  const { bot } = call.world;
  const bye = await call.sees('BYE at the bot', () => call.atBot('BYE'));
  if (call.cell.method === 'REFER') await call.at('last BYE');
  // A new bot has said 481 to it.
  if (call.hasItsBot) bot.phone.answer(received(bye), 200);
}

async function setUp(call: CrashCall): Promise<'up' | Ending> {
  const { world, caller, callerDialog } = call;
  const final = (): ReturnType<typeof caller.end.answerTo> => caller.end.answerTo(callerDialog.invite!);
  await call.arm('arriving');
  caller.end.insist(callerDialog);
  await call.at('arriving');
  const first = await call.sees(
    'INVITE at the bot, or a refusal',
    () => world.bot.invitesOf(call.callerNumber)[0] ?? final()
  );
  if (first.message.status !== undefined) return 'refused';
  call.know(first);
  const invite = received(first);
  world.bot.phone.answer(invite, RINGING, { tag: call.callerNumber });
  await call.at('bot ringing');
  if (call.isAt('bot ringing') && call.cell.victim === 'bot') return giveUp(call);
  await call.arm('answering');
  call.botPhone?.pickUp(invite);
  world.bot.phone.stand(invite);
  await call.at('answering');
  const ok = await call.sees('final answer at the caller', final);
  if (ok.message.status !== 200) throw new Error(`the caller got ${ok.message.status}`);
  caller.phone.hear(received(ok));
  callerDialog.confirm(ok.message);
  caller.end.acknowledge();
  return 'up';
}

/** Nobody will answer any more: the caller leaves. */
async function giveUp(call: CrashCall): Promise<Ending> {
  const { end } = call.caller;
  call.callerDialog.cancel();
  await call.sees('487', () => end.answerTo(call.callerDialog.invite!));
  call.callerDialog.ack();
  return 'given up';
}

async function askTransfer(call: CrashCall): Promise<void> {
  const { world, callId, target } = call;
  if (call.isAt('record')) world.records.holdBack(callId, call.released);
  if (call.isAt('telling the bot')) world.bot.webhook.holdBack(callId, 'transferStatus', call.released);
  const params = { transferNotificationsHangupMS: GRACE_MS };
  const activity = transferTo(target.end.peer.uri('agent'), params);
  await world.post(callId, { ...activity, id: `transfer-of-${header(call.callerDialog.invite!, 'Call-ID')}` });
}
