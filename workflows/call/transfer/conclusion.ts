import type { TransferEvidence, TransferOutcome } from '../../../contracts/transfer';
import { partnerOfCaller } from '../legs';
import type { CallState } from '../state';
import { ended, isUp } from '../state';
import type { PendingTransfer } from './pending';
import { followingRequest } from './plan';
import { returning } from './return-to-bot-progress';

const LAST_WORDS: ReadonlySet<TransferEvidence> = new Set(['notify', 'notify-late', 'response']);

/** Closes the pending attempt with its outcome and leads the call on from there. */
export function concluded(state: CallState, outcome: TransferOutcome, atMs: number): CallState {
  const { pending, ...rest } = state;
  if (!pending) return state;
  const endedAt = new Date(atMs).toISOString();
  const attempts = rest.attempts.map((attempt) =>
    attempt.attemptId === pending.attemptId ? { ...attempt, endedAt, outcome } : attempt
  );
  const next: CallState = { ...rest, attempts };
  if (outcome.status === 'failed')
    return backFromFailure({ ...next, ...looseEnd(pending, outcome), ...planned(pending, atMs) }, outcome.reason, atMs);
  if (pending.request.continueCall && isUp(next.bot)) return { ...next, phase: 'connected', continues: true };
  if (pending.method === 'invite')
    return isUp(next.bot) ? intoGrace(next, pending, atMs) : { ...next, phase: 'connected' };
  const { joinedTarget: _, ...left } = next;
  return intoGrace(left, pending, atMs);
}

/** A REFER that was given up without the peer's own last word goes on at the peer. */
function looseEnd(pending: PendingTransfer, { evidence }: TransferOutcome): Pick<CallState, 'loose'> {
  if (pending.method !== 'refer' || LAST_WORDS.has(evidence)) return {};
  const { request, referCseq } = pending;
  return { loose: { target: request.target, ...(referCseq === undefined ? {} : { referCseq }) } };
}

/** The next target of the plan, while there is time. */
function planned({ request }: PendingTransfer, atMs: number): Pick<CallState, 'planned'> {
  const following = followingRequest(request, atMs);
  return following ? { planned: following } : {};
}

function intoGrace(state: CallState, { request }: PendingTransfer, atMs: number): CallState {
  const graceMs = request.notifications && isUp(state.bot) ? request.notificationsHangupMs : 0;
  return {
    ...state,
    phase: 'grace',
    graceUntilMs: atMs + graceMs,
    end: { reasonCode: 'transferred', reason: `transferred to ${request.target}`, by: 'transfer' },
  };
}

function backFromFailure(state: CallState, reason: string, atMs: number): CallState {
  if (!isUp(state.caller))
    return ended(
      state,
      { reasonCode: 'client-disconnected', reason: `failed-and-lost: ${reason}`, by: 'caller' },
      atMs
    );
  const isAlone = !state.planned && !isUp(partnerOfCaller(state));
  if (isAlone && state.keepsWaiting && isUp(state.bot)) return returning(state);
  if (isAlone)
    return ended(
      state,
      {
        reasonCode: 'error',
        reason: `transfer failed and the ${state.joinedTarget === undefined ? 'bot' : 'target'} has left: ${reason}`,
        by: 'transfer',
      },
      atMs
    );
  return { ...state, phase: state.joinedTarget === undefined ? 'conversing' : 'connected' };
}
