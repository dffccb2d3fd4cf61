import type { LogEntry } from '../../support/sip-peer';
import { header } from '../../support/sip-peer';
import { transferTo } from '../../support/transfer-call';
import { GRACE_MS } from '../world';
import type { CrashCall, Side } from './crash-call';
import { came, received } from './crash-call';
import type { Ending } from './ending';
import { expectedEnding } from './ending';
import { playFailure } from './failed-story';
import { playInvite } from './invite-story';
import { askInfo, hearStatus } from './moments';
import { playRefer } from './refer-story';

/** A call from its INVITE to its end, as its peers play it. */
export async function play(call: CrashCall): Promise<Ending> {
  const before = await setUp(call);
  if (before === 'refused') return before;
  const ending = before === 'up' ? await talk(call) : before;
  const { posts } = call.world.records;
  await call.sees('record', () => posts.find(({ record }) => record.callId === call.callId));
  await call.at('record');
  return ending;
}

async function talk(call: CrashCall): Promise<Ending> {
  await call.at('conversing');
  if (call.isAt('conversing')) await askInfo(call);
  const step = call.fails ? 'next transfer asked' : 'transfer asked';
  if (call.fails) {
    await Promise.all([askTransfer(call, call.firstTarget), playFailure(call, call.fails)]);
    if (expectedEnding(call.cell) === 'left alone') return leftAlone(call);
    await hearStatus(call, 'failed');
    await call.at('back with the bot');
    if (call.hasItsBot) await askBot(call);
  }
  await call.arm(step);
  const go = async (): Promise<void> => {
    await call.at(step);
    await (call.method === 'REFER' ? playRefer(call) : playInvite(call));
  };
  await Promise.all([askTransfer(call, call.target), go()]);
  return 'transferred';
}

/** The bot hears the caller again. What is answered while Temporal is away comes to it later, and to the target once that has the caller. */
async function askBot(call: CrashCall): Promise<void> {
  await askInfo(call);
  await call.sees('INFO at the bot', () => call.atBot('INFO'));
}

/** The bot that should have the caller back has died. */
async function leftAlone(call: CrashCall): Promise<Ending> {
  const { end } = call.caller;
  end.answer(received(await call.sees('BYE at the caller', () => came(end, 'BYE'))), 200);
  return 'left alone';
}

async function setUp(call: CrashCall): Promise<'up' | Ending> {
  const { world, caller } = call;
  await call.arm('arriving');
  call.dial();
  const { callerDialog } = call;
  const final = (): ReturnType<typeof caller.end.answerTo> => caller.end.answerTo(callerDialog.invite!);
  await call.at('arriving');
  const first = await call.sees(
    'INVITE at the bot, or a refusal',
    () => world.bot.invitesOf(call.callerNumber)[0] ?? final()
  );
  if (first.message.status !== undefined) return 'refused';
  if (expectedEnding(call.cell) === 'unanswered') return hearNobody(call, first);
  await call.sees('180 of the bot', () => world.bot.ringingOf(call.callerNumber));
  call.know(first);
  await call.at('bot ringing');
  if (expectedEnding(call.cell) === 'given up') return giveUp(call);
  await call.arm('answering');
  world.bot.tell({ order: 'pick up', caller: call.callerNumber });
  await call.at('answering');
  const ok = await call.sees('final answer at the caller', final);
  if (ok.message.status !== 200) throw new Error(`the caller got ${ok.message.status}`);
  caller.phone.hear(received(ok));
  callerDialog.confirm(ok.message);
  caller.end.acknowledge();
  return 'up';
}

/** There is no bot that could ring. */
async function hearNobody(call: CrashCall, inviteAtBot: LogEntry): Promise<Ending> {
  call.know(inviteAtBot);
  const { message } = await call.sees('480', () => call.caller.end.answerTo(call.callerDialog.invite!));
  if (message.status !== 480) throw new Error(`the caller got ${message.status} in the place of 480`);
  call.callerDialog.ack();
  return 'unanswered';
}

/** Nobody will answer any more: the caller leaves. */
async function giveUp(call: CrashCall): Promise<Ending> {
  const { end } = call.caller;
  call.callerDialog.cancel();
  await call.sees('487', () => end.answerTo(call.callerDialog.invite!));
  call.callerDialog.ack();
  return 'given up';
}

async function askTransfer(call: CrashCall, { end }: Side): Promise<void> {
  const { world, callId } = call;
  if (call.isAt('record')) world.records.holdBack(callId, call.released);
  await call.holdAtBot('telling the bot', 'transferStatus');
  await call.holdAtBot('re-INVITE bot', 're-INVITE');
  if (call.method === 'REFER') await call.holdAtBot('last BYE', 'BYE');
  const params = { transferNotificationsHangupMS: GRACE_MS };
  const activity = transferTo(end.peer.uri('agent'), params);
  const which = end === call.target.end ? '' : 'first-';
  await world.post(callId, { ...activity, id: `${which}transfer-of-${header(call.callerDialog.invite!, 'Call-ID')}` });
}
