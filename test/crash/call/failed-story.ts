import { ackOf } from '../sip-log';
import type { CrashCall } from './crash-call';
import { came, received } from './crash-call';
import { takeRefer } from './refer-story';

/** A first attempt that fails, after which caller and bot have each other again. */
export async function playFailure(call: CrashCall, how: 'busy' | 'undone'): Promise<void> {
  if (call.method === 'REFER') await takeRefer(call, { nth: 1, final: { status: 486, reason: 'Busy Here' } });
  else if (how === 'busy') await refuse(call);
  else await undo(call);
}

/** The target rings, and is busy. */
async function refuse(call: CrashCall): Promise<void> {
  const { end } = call.firstTarget;
  const invite = received(await call.sees('INVITE at the first target', () => came(end, 'INVITE')));
  end.answer(invite, 180, { tag: 'busy' });
  await call.at('target ringing');
  await call.arm('target busy');
  end.answer(invite, 486, { tag: 'busy' });
  end.stand(invite);
  await call.at('target busy');
}

/** The target answers and the bot is put on hold; the caller does not take the target's media. */
async function undo(call: CrashCall): Promise<void> {
  const { caller, firstTarget } = call;
  const invite = received(await call.sees('INVITE at the first target', () => came(firstTarget.end, 'INVITE')));
  const offered = caller.phone.holdBack();
  caller.phone.refuse(488);
  firstTarget.phone.pickUp(invite);
  firstTarget.end.stand(invite);
  await call.sees('ACK at the first target', () => ackOf(firstTarget.end.peer.log, invite));
  await call.sees('re-INVITE at the bot', () => call.reInviteAtBot(1));
  await call.at('re-INVITE bot');
  const offer = await offered.asked;
  await call.at('re-INVITE caller');
  await call.holdAtBot('bot taken back', 're-INVITE');
  offered.now();
  caller.end.stand(offer);
  await Promise.all([takeBack(call), letGo(call)]);
}

async function letGo(call: CrashCall): Promise<void> {
  const { end } = call.firstTarget;
  const bye = received(await call.sees('BYE at the first target', () => came(end, 'BYE')));
  await call.at('target let go');
  end.answer(bye, 200);
}

async function takeBack(call: CrashCall): Promise<void> {
  // Nothing is sent to a bot of which is known that it has the dialog no more.
  if (call.isAt('re-INVITE bot') && !call.hasItsBot) return;
  await call.sees('re-INVITE that ends the bot’s hold', () => call.reInviteAtBot(2));
  await call.at('bot taken back');
}
