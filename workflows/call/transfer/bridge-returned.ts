import { ActivityFailure, CancellationScope, condition } from '@temporalio/workflow';
import type { InviteBotResult, RingAlongInput } from '../../../contracts/activities-sip';
import type { CallerAnswer } from '../../../contracts/call';
import { FAILURE } from '../../../contracts/failures';
import type { LegName } from '../../../contracts/ids';
import type { ReturnedCall } from '../../../contracts/messages';
import { isReturnedCall } from '../../../contracts/signal-shapes';
import { numberOf } from '../../../contracts/target-patterns';
import { dialledUri } from '../../../contracts/transfer-target';
import { hasEndedEarly } from '../early-end';
import { bridgeReturned } from '../effects';
import { failureText } from '../failure';
import { letLegGo, sendBye } from '../leave';
import { returnedPair } from '../legs';
import { refusal } from '../refusal';
import type { CallSession } from '../session';
import { isUp } from '../state';
import { cancelTarget } from './cancel-target';
import type { PendingRefer } from './pending';
import { pendingBy } from './pending';
import { targetEffect, headersToTarget } from './target-invite';

/** Validator of `bridgeReturned`: what is refused here leaves no event in the history. */
export function refuseStranger(call: CallSession, returned: unknown): void {
  const { state, input } = call;
  const pending = pendingBy(state, 'refer');
  const isExpected =
    isReturnedCall(returned) &&
    pending?.returnSecret !== undefined &&
    returned.token.secret === pending.returnSecret &&
    returned.token.attempt === state.attempts.length &&
    state.returned?.attempt !== returned.token.attempt &&
    returned.trunks.includes(input.trunk.id) &&
    numberOf(returned.uri) === numberOf(pending.request.target);
  if (!isExpected) throw refusal(FAILURE.INVALID_ACTIVITY, 'no transfer waits for this call');
}

/** Calls the target for the call that came back, joins the two, and says how to answer its INVITE. */
export async function bridge(call: CallSession, returned: ReturnedCall): Promise<CallerAnswer> {
  const pending = pendingBy(call.state, 'refer');
  const { host, outboundProxy } = call.input.trunk;
  const to = pending && dialledUri(pending.request.target, host ?? outboundProxy);
  if (!pending || to === undefined) return { sipStatus: 404 };
  if (returned.maxForwards < 1) return { sipStatus: 483 };
  if (returned.invite.sdp === '') return { sipStatus: 488 };
  const { attempt } = returned.token;
  call.apply({ type: 'CallReturned', attempt, inviteId: returned.inviteId });
  const input = ringInput(call, pending, returned, to);
  const scope = new CancellationScope();
  const ringing = scope.run(() => ring(input));
  const result = await Promise.race([ringing, condition(() => isGivenUp(call, attempt)).then(() => undefined)]);
  if (result) return answer(call, attempt, result);
  call.byes.add(giveUp(call, input, scope, ringing));
  return { sipStatus: 487 };
}

async function ring(input: RingAlongInput): Promise<InviteBotResult> {
  try {
    return await bridgeReturned.executeWithOptions({ summary: `INVITE → ${input.to}` }, [input]);
  } catch (err) {
    if (!(err instanceof ActivityFailure)) throw err;
    return { kind: 'refused', sipStatus: 503, reasonPhrase: failureText(err) };
  }
}

function answer(call: CallSession, attempt: number, result: InviteBotResult): CallerAnswer {
  const atMs = Date.now();
  if (result.kind !== 'answered' || hasEndedEarly(call.state, result.bot)) {
    const { sipStatus, reasonPhrase } = result.kind === 'refused' ? result : NOT_ANSWERED[result.kind];
    call.apply({ type: 'ReturnedRefused', attempt, sipStatus, reasonPhrase, atMs });
    return { sipStatus };
  }
  const { bot: target, caller: returned } = result;
  call.apply({ type: 'ReturnedJoined', attempt, returned, target, atMs });
  if (call.state.returned?.stage !== 'joined' || call.isEnded) {
    // Given up in this very moment: nobody but us knows of this leg.
    call.byes.add(sendBye(call, target, 'given up'));
    return { sipStatus: 487 };
  }
  void endTogether(call, attempt);
  return { sipStatus: 200, sdp: returned.localSdp };
}

const NOT_ANSWERED = {
  'caller-gone': { sipStatus: 487, reasonPhrase: 'Request Terminated' },
  'no-answer': { sipStatus: 480, reasonPhrase: 'Temporarily Unavailable' },
  // And hung up, before we heard of it.
  answered: { sipStatus: 480, reasonPhrase: 'Temporarily Unavailable' },
};

/** Goes on with watching over the two in a new run. */
export function keepReturnedTogether(call: CallSession): void {
  const { returned } = call.state;
  if (returned?.stage === 'joined') void endTogether(call, returned.attempt);
}

/** When one of the two has left, or the peer says that the transfer failed, the other is let go. */
async function endTogether(call: CallSession, attempt: number): Promise<void> {
  await condition(() => !returnedPair(call.state).every(isUp) || hasFailed(call, attempt));
  const legs: LegName[] = [
    { kind: 'returned', attempt },
    { kind: 'target', attempt },
  ];
  for (const name of legs) letLegGo(call, name, 'the other side hung up');
}

function isGivenUp(call: CallSession, attempt: number): boolean {
  return call.isEnded || call.state.returned?.stage === 'over' || hasFailed(call, attempt);
}

function hasFailed({ state }: CallSession, attempt: number): boolean {
  return state.attempts[attempt - 1]?.outcome?.status === 'failed';
}

async function giveUp(
  call: CallSession,
  input: RingAlongInput,
  scope: CancellationScope,
  ringing: Promise<InviteBotResult>
): Promise<void> {
  const result = await cancelTarget(call, input, scope, ringing);
  if (result.kind === 'answered') await sendBye(call, result.bot, 'given up');
}

function ringInput(
  { input, state }: CallSession,
  { request, timers: { ringTimeoutMs } }: PendingRefer,
  { invite, maxForwards, token: { attempt } }: ReturnedCall,
  to: string
): RingAlongInput {
  const { caller, callerDisplayName, sdp: offer, ...transaction } = invite;
  return {
    callId: input.callId,
    effectId: targetEffect(input.callId, state.attempts.length),
    leg: { kind: 'target', attempt },
    trunk: input.trunk.id,
    over: input.trunk.outbound,
    to,
    caller: { number: caller, ...(callerDisplayName === undefined ? {} : { displayName: callerDisplayName }) },
    headers: [...headersToTarget(request), { name: 'Max-Forwards', value: String(maxForwards - 1) }],
    callerLeg: { ...transaction, name: { kind: 'returned', attempt }, offer, trunk: input.trunk.id },
    firstRingMs: ringTimeoutMs,
    answerMs: ringTimeoutMs,
  };
}
