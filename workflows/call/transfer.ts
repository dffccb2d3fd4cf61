import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { SendReferInput } from '../../contracts/activities-sip';
import { FAILURE } from '../../contracts/failures';
import { effectId } from '../../contracts/ids';
import type { TransferAttemptRecord } from '../../contracts/transfer';
import { sendRefer } from './effects';
import { failureText, failureType } from './failure';
import { letBotGo } from './leave';
import type { CallSession } from './session';
import type { Deadline, PendingTransfer } from './state';
import { isUp } from './state';
import { CATCH_UP_MS, NOTICED_LATE_MS } from './timeouts';

/** One transfer attempt by REFER on the caller's leg, to its outcome or the end of the call. */
export async function transfer(call: CallSession): Promise<void> {
  const { pending } = call.state;
  if (!pending) return;
  const scope = new CancellationScope();
  // Not awaited: a NOTIFY may overtake the REFER's own answer, which then still tells the CSeq that older NOTIFYs are known by.
  void scope.run(() => refer(call, pending));
  await untilConcluded(call, pending.attemptId);
  if (call.isEnded) scope.cancel();
  tellBot(call, pending);
}

async function refer(call: CallSession, { attemptId }: PendingTransfer): Promise<void> {
  const input = referInput(call);
  try {
    const answer = await sendRefer.executeWithOptions({ summary: `REFER → ${input.target}` }, [input]);
    call.apply({ type: 'ReferAnswered', attemptId, ...answer, atMs: Date.now() });
  } catch (err) {
    if (isCancellation(err)) return;
    const type = failureType(err);
    const atMs = Date.now();
    if (type === FAILURE.DIALOG_GONE || type === FAILURE.NOT_SENT)
      call.apply({
        type: 'ReferNotSent',
        attemptId,
        reason: failureText(err),
        isDialogGone: type === FAILURE.DIALOG_GONE,
        atMs,
      });
    else call.apply({ type: 'ReferUnanswered', attemptId, atMs });
  }
}

/** Waits for events and for the attempt's deadline, which events may move. */
async function untilConcluded(call: CallSession, attemptId: string): Promise<void> {
  for (let pending = pendingOf(call, attemptId); pending; pending = pendingOf(call, attemptId)) {
    if (mustLetBotGo(call)) {
      letBotGo(call, { reasonCode: 'transferred', reason: `handed over to ${pending.request.target}`, by: 'transfer' });
      continue;
    }
    const { deadline } = pending;
    const isChanged = (): boolean => {
      const now = pendingOf(call, attemptId);
      return !now || now.deadline !== deadline || mustLetBotGo(call);
    };
    if (!deadline) await condition(isChanged);
    else if (!(await isChangedInTime(isChanged, deadline)))
      call.apply({ type: 'DeadlinePassed', attemptId, atMs: Date.now() });
  }
}

/** A deadline noticed late is no reason to conclude at once: the peer's last word may have come while the engine was away. */
async function isChangedInTime(isChanged: () => boolean, { atMs, reason }: Deadline): Promise<boolean> {
  if (await condition(isChanged, Math.max(atMs - Date.now(), 1), { summary: reason })) return true;
  if (Date.now() - atMs < NOTICED_LATE_MS) return false;
  return condition(isChanged, CATCH_UP_MS, { summary: 'catch up' });
}

function pendingOf(call: CallSession, attemptId: string): PendingTransfer | undefined {
  const { pending } = call.state;
  return pending?.attemptId === attemptId ? pending : undefined;
}

/** Without notifications the bot's part ends when the peer has taken the REFER. */
function mustLetBotGo({ state: { pending, bot } }: CallSession): boolean {
  return pending !== undefined && !pending.request.notifications && pending.stage !== 'requested' && isUp(bot);
}

/** The outcome as the bot hears it: only a bot that asked for notifications and is still there. */
function tellBot(call: CallSession, { attemptId, request }: PendingTransfer): void {
  const attempt = call.state.attempts.find((each) => each.attemptId === attemptId);
  if (request.notifications && isUp(call.state.bot) && attempt?.outcome)
    call.outbox.post(transferStatus(attempt, attempt.outcome));
}

function transferStatus(
  { attemptId, target }: TransferAttemptRecord,
  outcome: NonNullable<TransferAttemptRecord['outcome']>
): Parameters<CallSession['outbox']['post']>[0] {
  const { status, evidence, sipStatus } = outcome;
  const failure = outcome.status === 'failed' ? { reasonCode: outcome.reasonCode, reason: outcome.reason } : {};
  return {
    name: 'transferStatus',
    value: { status, ...failure, attemptId, target, evidence, ...(sipStatus === undefined ? {} : { sipStatus }) },
  };
}

function referInput({ input, state }: CallSession): SendReferInput {
  const { pending, caller, attempts } = state;
  if (!pending || !caller?.record) throw new Error('a transfer needs a pending request and a caller');
  const { target, headers, referredBy } = pending.request;
  return {
    effectId: effectId(input.callId, 'refer', attempts.length),
    dialogId: caller.record.dialogId,
    target,
    headers,
    referredBy: referredBy ?? `sip:${input.invite.callee}@${input.invite.calleeHost}`,
  };
}
