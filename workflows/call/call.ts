import { allHandlersFinished, condition } from '@temporalio/workflow';
import type { CallInput } from '../../contracts/call';
import type { CallRecord } from '../../contracts/call-record';
import type { CarriedCall } from './carried-call';
import { closeCall } from './close';
import { failOver, lacksBot } from './conversation/fail-over';
import { grace } from './grace';
import { handleMessages } from './handlers';
import { watchLongestDuration } from './longest-duration';
import { goOnInNextRun, isNextRunDue, takeUp } from './next-run';
import { ringBot } from './ring';
import { CallSession } from './session';
import { isTalking } from './talking';
import { returnToBot } from './transfer/return-to-bot';
import { transfer } from './transfer/attempt';
import { callRecord } from './record';

/**
 * One phone call, from the caller's INVITE to its record. A long one goes on in further runs, each with a history of its own.
 * @param carried what the run before has left; absent in the first
 */
export async function callWorkflow(input: CallInput, carried?: CarriedCall): Promise<CallRecord> {
  const call = new CallSession(input, carried);
  handleMessages(call);
  void watchLongestDuration(call);
  if (carried) takeUp(call);
  else await ringBot(call);
  while (isTalking(call)) {
    await condition(() => !isTalking(call) || call.state.isReturning === true || isNextRunDue(call) || lacksBot(call));
    if (isNextRunDue(call)) await goOnInNextRun(call);
    if (call.state.isReturning) await returnToBot(call);
    if (lacksBot(call)) await failOver(call);
    if (call.isIn('transferring')) await transfer(call);
    if (call.isIn('grace')) await grace(call);
  }
  await closeCall(call);
  await condition(allHandlersFinished);
  return callRecord(call);
}
