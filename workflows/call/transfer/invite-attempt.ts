import { ActivityFailure, CancellationScope, condition } from '@temporalio/workflow';
import type { InviteTargetInput, InviteTargetResult } from '../../../contracts/activities-sip';
import type { TrunkOfCall } from '../../../contracts/call';
import { dialledUri } from '../../../contracts/transfer-target';
import type { LegRecord } from '../../../contracts/leg';
import { hasEndedEarly } from '../early-end';
import { checkTrunk, inviteTarget, locally } from '../effects';
import { failureText, isActivityFailure } from '../failure';
import { letBotGo, sendBye } from '../leave';
import type { CallSession } from '../session';
import { cancelTarget } from './cancel-target';
import { joinTarget } from './join';
import type { PendingInvite } from './pending';
import { pendingBy } from './pending';
import { countRefusedTransfer } from './refused';
import { targetEffect, headersToTarget } from './target-invite';
import { trunkOfRequest } from './trunk-of-request';

/** INVITE to the target, to the attempt's outcome or the end of the call. */
export async function inviteAttempt(call: CallSession, pending: PendingInvite): Promise<void> {
  const { attemptId, request } = pending;
  const trunk = trunkOfRequest(call, request);
  const to = dialledUri(request.target, trunk.host ?? trunk.outbound?.hosts[0]);
  const isOver = (): boolean => pendingBy(call.state, 'invite', attemptId) === undefined;
  const fault = trunk.isWatched ? await trunkFault(call, trunk) : undefined;
  if (isOver()) return;
  if (to === undefined || fault !== undefined) {
    const reason = fault ?? 'the trunk has no host to send numbers to';
    countRefusedTransfer('trunk', trunk.id);
    call.apply({ type: 'TargetNotCalled', attemptId, reason, atMs: Date.now() });
    return;
  }
  if (!request.notifications && !request.continueCall)
    letBotGo(call, { reasonCode: 'transferred', reason: `handed over to ${request.target}`, by: 'transfer' });
  const input = inviteInput(call, pending, to);
  const scope = new CancellationScope();
  const ringing = scope.run(() => ring(input));
  const result = await Promise.race([ringing, condition(isOver).then(() => undefined)]);
  if (!result) call.byes.add(giveUp(call, input, scope, ringing));
  else if (result.kind === 'answered') await answered(call, attemptId, result);
  else notAnswered(call, attemptId, result);
}

/** Before the bot is let go: it keeps the call when its trunk cannot carry it. */
async function trunkFault({ input }: CallSession, { id }: TrunkOfCall): Promise<string | undefined> {
  try {
    const check = await (input.withoutLocalActivities ? checkTrunk : locally.checkTrunk)(id);
    return check.isUsable ? undefined : check.reason;
  } catch (err) {
    if (!isActivityFailure(err)) throw err;
    return undefined;
  }
}

type RingResult = InviteTargetResult | { kind: 'failed'; reason: string };
type Answered = Extract<RingResult, { kind: 'answered' }>;

async function ring(input: InviteTargetInput): Promise<RingResult> {
  try {
    return await inviteTarget.executeWithOptions({ summary: `INVITE → ${input.to}` }, [input]);
  } catch (err) {
    if (!(err instanceof ActivityFailure)) throw err;
    return { kind: 'failed', reason: failureText(err) };
  }
}

async function giveUp(
  call: CallSession,
  input: InviteTargetInput,
  scope: CancellationScope,
  ringing: Promise<RingResult>
): Promise<void> {
  const result = await cancelTarget(call, input, scope, ringing);
  if (result.kind === 'answered') await sendBye(call, result.target, 'given up');
}

async function answered(call: CallSession, attemptId: string, { target, awaitsAnswer }: Answered): Promise<void> {
  if (hasEndedEarly(call.state, target)) {
    call.apply({ type: 'JoinFailed', attemptId, reason: 'the target hung up', isCallerGone: false, atMs: Date.now() });
    return;
  }
  call.apply({ type: 'TargetAnswered', attemptId, target });
  if (pendingBy(call.state, 'invite', attemptId)) await joinTarget(call, attemptId, awaitsAnswer);
  // The attempt ended in this very moment: nobody but us knows of this leg.
  else await sendBye(call, target, 'given up');
}

function notAnswered(call: CallSession, attemptId: string, result: Exclude<RingResult, Answered>): void {
  const atMs = Date.now();
  switch (result.kind) {
    case 'refused': {
      const { sipStatus, reasonPhrase } = result;
      call.apply({ type: 'TargetRefused', attemptId, sipStatus, reasonPhrase, atMs });
      break;
    }
    case 'no-answer':
      call.apply({ type: 'TargetSilent', attemptId, atMs });
      break;
    case 'failed':
      call.apply({ type: 'TargetNotCalled', attemptId, reason: result.reason, atMs });
  }
}

function inviteInput(call: CallSession, { request, timers }: PendingInvite, to: string): InviteTargetInput {
  const { input, state } = call;
  const { callId, invite } = input;
  const trunk = trunkOfRequest(call, request);
  const { callerDisplayName: displayName } = invite;
  const attempt = state.attempts.length;
  return {
    callId,
    effectId: targetEffect(callId, attempt),
    leg: { kind: 'target', attempt },
    trunk: trunk.id,
    over: trunk.outbound,
    to,
    caller: { number: invite.caller, ...(displayName === undefined ? {} : { displayName }) },
    headers: headersToTarget(request),
    offer: trunk.lateOffer === true ? '' : offerOf(state.caller?.record),
    untilMs: Date.now() + timers.ringTimeoutMs,
  };
}

/** The caller's description as an offer: where it only answered that we send nothing, it may well send and receive. */
function offerOf(caller: LegRecord | undefined): string {
  if (!caller) throw new Error('a transfer needs a caller');
  const { localSdp, remoteSdp } = caller;
  return /^a=inactive/m.test(localSdp) ? remoteSdp.replace(/^a=inactive\r?\n/gm, '') : remoteSdp;
}
