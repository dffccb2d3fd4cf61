import { allHandlersFinished, condition } from '@temporalio/workflow';
import type { CallInput } from '../../contracts/call';
import type { CallRecord } from '../../contracts/call-record';
import { closeCall } from './close';
import { grace } from './grace';
import { handleMessages } from './handlers';
import { watchLongestDuration } from './longest-duration';
import { ringBot } from './ring';
import { CallSession } from './session';
import { returnToBot } from './transfer/return-to-bot';
import { transfer } from './transfer/attempt';
import { callRecord } from './record';

/** One phone call, from the caller's INVITE to its record. */
export async function callWorkflow(input: CallInput): Promise<CallRecord> {
  const call = new CallSession(input);
  handleMessages(call);
  void watchLongestDuration(call);
  await ringBot(call);
  while (isTalking(call)) {
    await condition(() => !isTalking(call) || call.state.isReturning === true);
    if (call.state.isReturning) await returnToBot(call);
    if (call.isIn('transferring')) await transfer(call);
    if (call.isIn('grace')) await grace(call);
  }
  await closeCall(call);
  await condition(allHandlersFinished);
  return callRecord(call);
}

/** The caller talks with the bot, or with the target that took its place. */
function isTalking(call: CallSession): boolean {
  return call.isIn('conversing') || call.isIn('connected');
}
