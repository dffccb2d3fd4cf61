import type { ReferProfile, TransferMethod, TransferRequest } from '../../../contracts/transfer';
import type { TransferTimers } from '../../../contracts/transfer-timers';
import type { CallState } from '../state';

/** Why a pending attempt has a deadline: the target rings, the peer's BYE may be followed by a NOTIFY, the subscription died early. */
export type DeadlineReason = 'ringing' | 'bye-linger' | 'subscription-end';

export interface Deadline {
  atMs: number;
  reason: DeadlineReason;
}

interface PendingBase {
  attemptId: string;
  method: TransferMethod;
  request: TransferRequest;
  timers: TransferTimers;
  deadline?: Deadline;
}

export interface PendingRefer extends PendingBase {
  method: 'refer';
  /** `requested`: the REFER's answer is open. `accepted`: 2xx. `in-doubt`: sent, but no answer is known. */
  stage: 'requested' | 'accepted' | 'in-doubt';
  /** Final answers to the REFER after which the INVITE follows. */
  fallsBackOn: number[];
  referCseq?: number;
  /** Of a number as target: the secret of the token that the peer's call to it must show us. */
  returnSecret?: string;
  /** A NOTIFY with 1xx came: the target was being called. */
  isProgressing: boolean;
  /** The subscription ended without a final status. */
  isSubscriptionOver?: boolean;
  byeWhileRinging?: ReferProfile['byeWhileRinging'];
}

export interface LooseRefer {
  target: string;
  referCseq?: number;
  /** The peer has reported success after all. */
  isAnswered?: boolean;
}

export interface PendingInvite extends PendingBase {
  method: 'invite';
  /** `inviting`: the target's final answer is open. `joining`: it has answered, and caller and target are being joined. */
  stage: 'inviting' | 'joining';
}

/** A transfer attempt whose outcome is open. */
export type PendingTransfer = PendingRefer | PendingInvite;

export function withPending(state: CallState, pending: PendingTransfer): CallState {
  return { ...state, pending };
}

export function withDeadline<Pending extends PendingTransfer>(
  pending: Pending,
  atMs: number,
  reason: DeadlineReason
): Pending {
  return { ...pending, deadline: { atMs, reason } };
}

/** @returns the pending attempt when it is this one and goes by this method */
export function pendingBy<Method extends TransferMethod>(
  { pending }: CallState,
  method: Method,
  attemptId?: string
): Extract<PendingTransfer, { method: Method }> | undefined {
  const isIt = pending?.method === method && (attemptId ?? pending.attemptId) === pending.attemptId;
  return isIt ? (pending as Extract<PendingTransfer, { method: Method }>) : undefined;
}
