import { isCancellation, patched, sleep } from '@temporalio/workflow';
import type { SendReferInput, SendReferResult } from '../../../contracts/activities-sip';
import { FAILURE } from '../../../contracts/failures';
import { effectId } from '../../../contracts/ids';
import { transferToken } from '../../../contracts/transfer-token';
import { probeLeg, sendRefer } from '../effects';
import { failureText, failureType, isActivityFailure } from '../failure';
import type { CallSession } from '../session';
import { GLARE_PAUSE_MS, LONGEST_PAUSE_S, REFER_REPEATS } from '../timeouts';
import type { PendingRefer } from './pending';
import { pendingBy } from './pending';

/** Sends the REFER, again while the peer refuses it for now, and looks whether a peer that says nothing is there. */
export async function sendReferToCaller(call: CallSession, pending: PendingRefer): Promise<void> {
  try {
    const answer = await untilTaken(call, pending);
    call.apply({ type: 'ReferAnswered', attemptId: pending.attemptId, ...answer, atMs: Date.now() });
    if (answer.sipStatus === 408 && patched('2026-11-probe-leg')) await probe(call, pending);
  } catch (err) {
    if (!isCancellation(err)) notAnswered(call, pending, err);
  }
}

function notAnswered(call: CallSession, { attemptId }: PendingRefer, err: unknown): void {
  const type = failureType(err);
  const atMs = Date.now();
  const isDialogGone = type === FAILURE.DIALOG_GONE;
  if (isDialogGone || type === FAILURE.NOT_SENT)
    call.apply({ type: 'ReferNotSent', attemptId, reason: failureText(err), isDialogGone, atMs });
  else call.apply({ type: 'ReferUnanswered', attemptId, atMs });
}

/** @returns the answer that stands: a refusal for now only when it is the last of too many, or when the attempt is over */
async function untilTaken(call: CallSession, pending: PendingRefer): Promise<SendReferResult> {
  for (let repeats = 0; ; repeats++) {
    const input = referInput(call, pending);
    const answer = await sendRefer.executeWithOptions({ summary: `REFER → ${input.target}` }, [input]);
    const pauseMs = repeats < REFER_REPEATS ? pauseAfter(answer) : undefined;
    if (pauseMs === undefined) return answer;
    const { sipStatus, cseq } = answer;
    call.apply({ type: 'ReferPutOff', attemptId: pending.attemptId, sipStatus, cseq, pauseMs });
    await sleep(pauseMs, { summary: `REFER again after ${sipStatus}` });
    if (!pendingBy(call.state, 'refer', pending.attemptId)) return answer;
  }
}

/** RFC 3261 sections 14.1 and 21.5.1. @returns undefined for an answer that stands */
function pauseAfter({ sipStatus, retryAfterS }: SendReferResult): number | undefined {
  if (sipStatus === 491 && patched('2026-11-refer-again'))
    return Math.floor((Math.random() * GLARE_PAUSE_MS) / 10) * 10;
  return sipStatus === 500 && retryAfterS !== undefined && retryAfterS <= LONGEST_PAUSE_S
    ? retryAfterS * 1_000
    : undefined;
}

async function probe(call: CallSession, { attemptId, timers }: PendingRefer): Promise<void> {
  const { caller } = call.state;
  if (!caller?.isUp || !caller.record || !pendingBy(call.state, 'refer', attemptId)) return;
  try {
    const { dialogId, trunk } = caller.record;
    const input = { dialogId, trunk, withinMs: timers.probeMs };
    const isAlive = await probeLeg.executeWithOptions({ summary: 'OPTIONS → caller' }, [input]);
    call.apply({ type: 'LegProbed', attemptId, isAlive, atMs: Date.now() });
  } catch (err) {
    // In doubt, as without the probe: the ring time-out decides.
    if (!isActivityFailure(err)) throw err;
    call.note({ event: 'ProbeFailed', detail: failureText(err) });
  }
}

function referInput(call: CallSession, { request, timers, fallsBackOn, returnSecret }: PendingRefer): SendReferInput {
  const { input, state } = call;
  if (!state.caller?.record) throw new Error('a transfer needs a caller');
  const { target, headers, referredBy } = request;
  return {
    trunk: input.trunk.id,
    effectId: effectId(input.callId, 'refer', call.numbers.next('refers')),
    dialogId: state.caller.record.dialogId,
    target,
    headers,
    ...(input.trunk.preserveTelUri === true ? { preservesTel: true } : {}),
    ...(returnSecret === undefined
      ? {}
      : { token: transferToken({ callId: input.callId, attempt: state.attempts.length, secret: returnSecret }) }),
    ...(fallsBackOn.length === 0 ? {} : { refusals: { trunk: input.trunk.id, statuses: fallsBackOn } }),
    referredBy: referredBy ?? `sip:${input.invite.callee}@${input.invite.calleeHost}`,
    answerByMs: Date.now() + timers.referAnswerMs,
    ...(input.trunk.refer?.norefersub === true ? { norefersub: true } : {}),
  };
}
