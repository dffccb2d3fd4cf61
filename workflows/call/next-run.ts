import {
  allHandlersFinished,
  condition,
  log,
  makeContinueAsNewFunc,
  patched,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { CallInput } from '../../contracts/call';
import { STARTED_AT_MEMO } from '../../contracts/search-attributes';
import type { CarriedCall } from './carried-call';
import { showCall } from './display';
import type { CallSession } from './session';
import { isTalking } from './talking';
import { BREATH_MS } from './timeouts';
import { keepReturnedTogether } from './transfer/bridge-returned';

/** What a run takes along must fit into one message of Temporal's, 2 MB, of which a character may take several bytes. */
const CARRIED_CHARACTERS = 1_000_000;

/** A call that carries too much is looked at again after so many events. */
const EVENTS_UNTIL_NEXT_TRY = 500;

/** True when the history of this run is long enough: at Temporal's word, or at the number of events that the workers' settings name. */
export function isNextRunDue(call: CallSession): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  const isLong = continueAsNewSuggested || historyLength >= (call.input.historyEventsPerRun ?? Infinity);
  return isLong && historyLength >= call.staysUntilEvent && mayLeave(call);
}

/**
 * Lets the call go on in a run with a new history once nothing is under way: what has begun ends, nothing else beside the story begins. The
 * call stays in this run when a transfer, or its end, comes first.
 */
export async function goOnInNextRun(call: CallSession): Promise<void> {
  if (!patched('2026-11-next-run')) {
    call.staysUntilEvent = Infinity;
    return;
  }
  call.pause();
  await untilCalm(call);
  if (mayLeave(call)) await leaveRun(call);
  call.resume();
}

/** Takes up in a new run what went on beside the story in the one before. */
export function takeUp(call: CallSession): void {
  showCall(call);
  keepReturnedTogether(call);
  call.resume();
}

function mayLeave(call: CallSession): boolean {
  return isTalking(call) && call.state.isReturning !== true;
}

/** Tasks without an update that are waited for: a bot that never pauses does not keep the run from its end. */
const BREATHS = 10;

/**
 * A message that comes while a run ends makes Temporal drop the workflow task that ends it. Signals are given again then, but an update in
 * that task would fail, and has to be sent again: so a run ends in a task that has brought none.
 */
async function untilCalm(call: CallSession): Promise<void> {
  const isCalm = (): boolean => call.isIdle && allHandlersFinished();
  for (let breaths = 0; mayLeave(call);) {
    await condition(() => isCalm() || !mayLeave(call));
    if (!isCalm()) continue;
    if (call.updatedAtEvent !== workflowInfo().historyLength || breaths++ === BREATHS) return;
    await sleep(BREATH_MS, { summary: 'until the next task' });
  }
}

async function leaveRun(call: CallSession): Promise<void> {
  const { input, carried, startedAt } = call;
  const { historyLength } = workflowInfo();
  const characters = JSON.stringify(carried).length;
  if (characters > CARRIED_CHARACTERS) {
    log.warn('the call carries too much for another run', { callId: input.callId, characters });
    call.staysUntilEvent = historyLength + EVENTS_UNTIL_NEXT_TRY;
    return;
  }
  log.info('the call goes on in another run', { callId: input.callId, historyLength, characters });
  const memo = { [STARTED_AT_MEMO]: startedAt.toISOString() };
  await makeContinueAsNewFunc<(input: CallInput, carried: CarriedCall) => Promise<unknown>>({ memo })(input, carried);
}
