import type { CallSession } from '../session';
import { isWithinBudget } from './budget';
import { inviteAttempt } from './invite-attempt';
import type { PendingTransfer } from './pending';
import { pendingBy } from './pending';
import { referAttempt } from './refer-attempt';
import { tellBot } from './tell-bot';

/** One transfer attempt, to its outcome or the end of the call. */
export async function transfer(call: CallSession): Promise<void> {
  const { pending } = call.state;
  if (!pending) return;
  if (await isWithinBudget(call, pending)) await attempt(call, pending);
  tellBot(call, pending);
}

async function attempt(call: CallSession, pending: PendingTransfer): Promise<void> {
  if (pending.method === 'refer') await referAttempt(call, pending);
  const invite = pendingBy(call.state, 'invite', pending.attemptId);
  if (invite) await inviteAttempt(call, invite);
}
