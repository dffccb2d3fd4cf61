import { log } from '@temporalio/workflow';
import type { CallSession } from '../session';
import { isUp } from '../state';
import { isWithinBudget } from './budget';
import { inviteAttempt } from './invite-attempt';
import { openAttempt } from './open-attempt';
import type { PendingTransfer } from './pending';
import { pendingBy } from './pending';
import { referAttempt } from './refer-attempt';
import { reportOutcome, reportProgress } from './report';
import { tellBot } from './tell-bot';
import { trunkOfRequest } from './trunk-of-request';

/** A transfer, to its outcome or the end of the call: one attempt, or one for each target of a plan until one answers. */
export async function transfer(call: CallSession): Promise<void> {
  await transferOnce(call);
  for (let { planned } = call.state; planned && !call.isEnded; { planned } = call.state) {
    openAttempt(call, planned);
    await transferOnce(call);
  }
}

async function transferOnce(call: CallSession): Promise<void> {
  const { pending } = call.state;
  if (!pending) return;
  call.toldProgress = undefined;
  reportProgress(call, pending, 100, 'Trying');
  if (await isWithinBudget(call, pending)) await attempt(call, pending);
  if (call.state.planned && !call.isEnded) return;
  tellBot(call, pending);
  reportOutcome(call, pending);
  warnOfLostCaller(call, pending);
}

async function attempt(call: CallSession, pending: PendingTransfer): Promise<void> {
  if (pending.method === 'refer') await referAttempt(call, pending);
  const invite = pendingBy(call.state, 'invite', pending.attemptId);
  if (invite) await inviteAttempt(call, invite);
}

/** The transfer failed and the caller had already been let go by the peer: somebody should look at that trunk. */
function warnOfLostCaller({ state, input }: CallSession, { attemptId, request }: PendingTransfer): void {
  const failed = state.attempts.find((each) => each.attemptId === attemptId)?.outcome?.status === 'failed';
  if (failed && !isUp(state.caller))
    log.warn('failed-and-lost', {
      callId: input.callId,
      trunk: trunkOfRequest({ input }, request).id,
      target: request.target,
    });
}
