import { condition } from '@temporalio/workflow';
import type { JoinLegsInput, JoinResult } from '../../../contracts/activities-join';
import type { LegName } from '../../../contracts/ids';
import type { LegRecord } from '../../../contracts/leg';
import { joinLegs, rejoinLegs } from '../effects';
import { failureText, isActivityFailure } from '../failure';
import { letLegGo } from '../leave';
import { CALLER, legOf, mediaOf, partnerOfCaller } from '../legs';
import type { CallSession } from '../session';
import { isUp } from '../state';
import { pendingBy } from './pending';

/** Effect numbers of one attempt: the join has the first half, the way back from it the third quarter, that after the talk the last. */
const EFFECTS_OF_ATTEMPT = 100;

/** Joins the caller with the target that has answered, or gives it back to whom it talked with. */
export async function joinTarget(call: CallSession, attemptId: string, awaitsAnswer: boolean): Promise<void> {
  const target: LegName = { kind: 'target', attempt: call.state.attempts.length };
  const before = partnerOfCaller(call.state);
  const joining = join(call, target, awaitsAnswer);
  const isOver = (): boolean => pendingBy(call.state, 'invite', attemptId) === undefined;
  const result = await Promise.race([joining, condition(isOver).then(() => undefined)]);
  if (!result) {
    call.byes.add(joining.then(() => undefined));
  } else if (result.kind === 'joined' && isUp(legOf(call.state, target))) {
    call.apply({ type: 'TargetJoined', attemptId, legs: result.legs, atMs: Date.now() });
    if (before?.record?.name.kind === 'target') letLegGo(call, before.record.name, 'transferred');
  } else {
    await goBack(call, attemptId, target, result);
  }
}

async function join(call: CallSession, name: LegName, awaitsAnswer: boolean): Promise<JoinResult> {
  const { state, input } = call;
  const partner = partnerOfCaller(state);
  const joined: JoinLegsInput = {
    callId: input.callId,
    firstEffect: name.attempt * EFFECTS_OF_ATTEMPT,
    caller: recordOf(call, CALLER),
    target: recordOf(call, name),
    awaitsAnswer,
    ...(isUp(partner) && partner?.record ? { held: partner.record } : {}),
  };
  return orRefused(joinLegs.executeWithOptions({ summary: 'caller + target' }, [joined]));
}

/** Only when the caller has been given back is the attempt said to have failed. */
async function goBack(call: CallSession, attemptId: string, target: LegName, result: JoinResult): Promise<void> {
  call.apply({ type: 'MediaChanged', change: { legs: mediaOf(result.legs) } });
  letLegGo(call, target, 'caller and target could not be joined');
  const isDecided = result.kind === 'caller-gone' || result.isPartnerGone === true;
  const back = isDecided ? result : await rejoin(call, target.attempt, EFFECTS_OF_ATTEMPT / 2);
  const { reason, ...status } =
    result.kind === 'refused'
      ? { reason: result.reason, ...(result.sipStatus === undefined ? {} : { sipStatus: result.sipStatus }) }
      : { reason: result.kind === 'joined' ? 'the target hung up' : 'the caller’s dialog is gone' };
  const isCallerGone = back?.kind === 'caller-gone';
  call.apply({ type: 'JoinFailed', attemptId, reason, ...status, isCallerGone, atMs: Date.now() });
  if (back?.isPartnerGone) losePartner(call);
}

/** The side that the caller was given back to is not there any more. */
export function losePartner(call: CallSession): void {
  const { name } = partnerOfCaller(call.state)?.record ?? {};
  if (!name) return;
  const reason = `the ${name.kind}’s dialog is gone`;
  call.apply({ type: 'LegEnded', kind: name.kind, attempt: name.attempt, reason, isLost: true, atMs: Date.now() });
}

/** Gives the caller back to whom it talks with now. */
export async function rejoin(call: CallSession, attempt: number, offset: number): Promise<JoinResult | undefined> {
  const { state, input } = call;
  const partner = partnerOfCaller(state);
  if (!isUp(state.caller) || !isUp(partner)) return undefined;
  const result = await orRefused(
    rejoinLegs.executeWithOptions({ summary: 'caller back' }, [
      {
        callId: input.callId,
        firstEffect: attempt * EFFECTS_OF_ATTEMPT + offset,
        caller: recordOf(call, CALLER),
        ...(partner?.record ? { other: partner.record } : {}),
      },
    ])
  );
  call.apply({ type: 'MediaChanged', change: { legs: mediaOf(result.legs) } });
  if (result.kind === 'refused') call.note({ event: 'NotGivenBack', detail: result.reason });
  return result;
}

async function orRefused(work: Promise<JoinResult>): Promise<JoinResult> {
  try {
    return await work;
  } catch (err) {
    if (!isActivityFailure(err)) throw err;
    return { kind: 'refused', legs: [], reason: failureText(err) };
  }
}

function recordOf(call: CallSession, name: LegName): LegRecord {
  const record = legOf(call.state, name)?.record;
  if (!record) throw new Error(`no ${name.kind} leg to join`);
  return record;
}
