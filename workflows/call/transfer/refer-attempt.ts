import { CancellationScope, condition } from '@temporalio/workflow';
import { letBotGo } from '../leave';
import type { CallSession } from '../session';
import { isUp } from '../state';
import { CATCH_UP_MS, NOTICED_LATE_MS } from '../timeouts';
import type { Deadline, PendingRefer } from './pending';
import { pendingBy } from './pending';
import { sendReferToCaller } from './refer-sending';

/** REFER on the caller's leg, to the attempt's outcome or the end of the call. */
export async function referAttempt(call: CallSession, pending: PendingRefer): Promise<void> {
  const scope = new CancellationScope();
  // Not awaited: a NOTIFY may overtake the REFER's own answer, which then still tells the CSeq that older NOTIFYs are known by.
  call.sendings.add(scope.run(() => sendReferToCaller(call, pending)));
  await untilConcluded(call, pending.attemptId);
  if (call.isEnded) scope.cancel();
}

/** Waits for events and for the attempt's deadline, which events may move. */
async function untilConcluded(call: CallSession, attemptId: string): Promise<void> {
  const now = (): PendingRefer | undefined => pendingBy(call.state, 'refer', attemptId);
  for (let pending = now(); pending; pending = now()) {
    if (mustLetBotGo(call)) {
      letBotGo(call, { reasonCode: 'transferred', reason: `handed over to ${pending.request.target}`, by: 'transfer' });
      continue;
    }
    const { deadline } = pending;
    const isChanged = (): boolean => now()?.deadline !== deadline || !now() || mustLetBotGo(call);
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

/** Without notifications the bot's part ends when the peer has taken the REFER. */
function mustLetBotGo({ state }: CallSession): boolean {
  const pending = pendingBy(state, 'refer');
  return pending !== undefined && !pending.request.notifications && pending.stage !== 'requested' && isUp(state.bot);
}
