import { takeAttempt } from '../effects';
import { isActivityFailure } from '../failure';
import type { CallSession } from '../session';
import type { PendingTransfer } from './pending';
import { countRefusedTransfer, noteRefusedTransfer } from './refused';
import { trunkOfRequest } from './trunk-of-request';

/** Takes the attempt from the channel's budget, where it has one. Without it the attempt ends here, as failed, and the bot keeps the call. */
export async function isWithinBudget(call: CallSession, { attemptId, request }: PendingTransfer): Promise<boolean> {
  const { botId, attemptsPerHour } = call.input.channel;
  if (attemptsPerHour === undefined) return true;
  const refusal = await budgetRefusal({ botId, attemptId, limit: attemptsPerHour });
  if (refusal === undefined) return call.state.pending?.attemptId === attemptId;
  noteRefusedTransfer(call, refusal);
  countRefusedTransfer('budget', trunkOfRequest(call, request).id);
  call.apply({ type: 'TransferRefused', attemptId, reason: refusal, atMs: Date.now() });
  return false;
}

/** A budget that does not answer refuses: it stands against fraud, and the caller is still with the bot. */
async function budgetRefusal(input: Parameters<typeof takeAttempt>[0]): Promise<string | undefined> {
  try {
    const { status } = await takeAttempt(input);
    if (status === 'granted') return undefined;
    return `the channel's budget of ${input.limit} transfer attempts per hour is used up`;
  } catch (err) {
    if (!isActivityFailure(err)) throw err;
    return "the channel's budget of transfer attempts could not be asked";
  }
}
