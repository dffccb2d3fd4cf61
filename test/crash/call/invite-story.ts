import type { StepName } from '../steps';
import type { StrictPhone } from '../../support/strict-phone';
import { ackOf } from '../sip-log';
import { askInfo, byeAtBot, hearStatus } from './story';
import type { CrashCall } from './crash-call';
import { came, received } from './crash-call';

/** The transfer by INVITE: the target answers, caller and target talk, the caller hangs up. */
export async function playInvite(call: CrashCall): Promise<void> {
  const { caller, target } = call;
  await call.at('transfer asked');
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
  await hearStatus(call);
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

interface HeldBack extends ReturnType<StrictPhone['holdBack']> {
  step: StepName;
  phone: StrictPhone;
}

/** Answers the re-INVITE that was held back, when its time has come. */
async function letWait(call: CrashCall, { step, phone, asked, now }: HeldBack): Promise<void> {
  const invite = await asked;
  await call.at(step);
  if (step === 're-INVITE bot' && !call.hasItsBot) return;
  now();
  await call.sees('ACK of the re-INVITE', () => ackOf(phone.peer.log, invite));
}

/** The phone that leaves its re-INVITE unanswered at the cell's step. */
function holdBack(call: CrashCall): HeldBack | undefined {
  const phones = [
    ['re-INVITE bot', call.botPhone],
    ['re-INVITE caller', call.caller.phone],
    ['re-INVITE target', call.target.phone],
  ] as const;
  const [step, phone] = phones.find(([name]) => call.isAt(name)) ?? [];
  return step && phone && { step, phone, ...phone.holdBack() };
}
