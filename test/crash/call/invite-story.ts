import type { StepName } from '../steps';
import type { LogEntry, ReceivedMessage } from '../../support/sip-peer';
import { ackOf } from '../sip-log';
import { askInfo, byeAtBot, hearStatus } from './moments';
import type { CrashCall } from './crash-call';
import { came, received } from './crash-call';

/** The transfer by INVITE: the target answers, caller and target talk, the caller hangs up. */
export async function playInvite(call: CrashCall): Promise<void> {
  const { caller, target } = call;
  const invite = received(await call.sees('INVITE at the target', () => came(target.end, 'INVITE')));
  target.end.answer(invite, 180, { tag: 'agent' });
  await call.at('target ringing');
  await call.arm('target answered');
  // Its answer to the target's media differs from what it said before, so that the target hears of it.
  caller.phone.move(21002, 8);
  const held = holdBack(call);
  target.phone.pickUp(invite);
  target.end.stand(invite);
  await call.at('target answered');
  await call.sees('ACK at the target', () => ackOf(target.end.peer.log, invite));
  if (held) await letWait(call, held);
  await hearStatus(call, 'answered');
  await byeAtBot(call);
  await call.at('connected');
  // While Temporal is away it is the BYE that must be answered.
  if (call.isAt('connected') && call.cell.victim !== 'Temporal') await askInfo(call);
  await hangUp(call);
}

async function hangUp(call: CrashCall): Promise<void> {
  await call.arm('caller hangs up');
  const answered = call.callerAsks('BYE', 'BYE');
  await call.at('caller hangs up');
  await answered;
  const bye = received(await call.sees('BYE at the target', () => came(call.target.end, 'BYE')));
  await call.at('last BYE');
  call.target.end.answer(bye, 200);
}

interface HeldBack {
  step: StepName;
  log: () => readonly LogEntry[];
  asked: Promise<ReceivedMessage>;
  /** Answers it. */
  now: () => void;
}

/** Answers the re-INVITE that was held back, when its time has come. */
async function letWait(call: CrashCall, { step, log, asked, now }: HeldBack): Promise<void> {
  const invite = await asked;
  await call.at(step);
  if (step === 're-INVITE bot' && !call.hasItsBot) return;
  now();
  await call.sees('ACK of the re-INVITE', () => ackOf(log(), invite));
}

/** The re-INVITE that stays unanswered at the cell's step. The bot was told to leave its own so. */
function holdBack(call: CrashCall): HeldBack | undefined {
  if (call.fails) return undefined;
  const { cell, caller, target } = call;
  if (cell.step === 're-INVITE bot') {
    const asked = call.sees('re-INVITE at the bot', () => call.reInviteAtBot(1)).then(received);
    return { step: cell.step, log: () => call.logOfBot, asked, now: () => undefined };
  }
  const phone = { 're-INVITE caller': caller.phone, 're-INVITE target': target.phone }[cell.step as string];
  return phone && { step: cell.step, log: () => phone.peer.log, ...phone.holdBack() };
}
