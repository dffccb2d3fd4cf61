import type { CallSession } from '../session';
import { losePartner, rejoin } from './join';

/** Of those of an attempt, see `join.ts`. */
const FIRST_EFFECT = 75;

/** Joins the caller with the bot again after the talk with the target, and tells the bot. */
export async function returnToBot(call: CallSession): Promise<void> {
  const { attempts } = call.state;
  const result = await rejoin(call, attempts.length, FIRST_EFFECT);
  call.apply({ type: 'CallerReturned', isCallerGone: result?.kind === 'caller-gone', atMs: Date.now() });
  if (result?.isPartnerGone) losePartner(call);
  const talked = attempts.findLast(({ outcome }) => outcome?.status === 'answered');
  if (call.isIn('conversing') && talked)
    call.outbox.post({ name: 'callContinued', value: { attemptId: talked.attemptId, target: talked.target } });
}
