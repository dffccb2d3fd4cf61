import type { SendReferResult } from '../../../contracts/activities-sip';
import type { ReferNotified } from '../../../contracts/messages';
import { reasonCodeOf, reasonText } from '../../../contracts/sip-outcome';
import type { TransferOutcome } from '../../../contracts/transfer';
import type { DeadlineReason, PendingRefer } from './pending';

/** What an attempt by REFER comes to, by what it rests on; docs/transfer.md has the table. */

/** The peer refused the REFER. */
export function refused({ sipStatus, reasonPhrase }: SendReferResult): TransferOutcome {
  const reasonCode = sipStatus === 603 ? 'declined' : 'error';
  return {
    status: 'failed',
    evidence: 'response',
    sipStatus,
    reasonCode,
    reason: reasonText(sipStatus, reasonPhrase),
  };
}

/** A final NOTIFY. */
export function notified(pending: PendingRefer, notify: ReferNotified, sipStatus: number): TransferOutcome {
  const evidence = pending.deadline?.reason === 'bye-linger' ? 'notify-late' : 'notify';
  if (sipStatus < 300) return { status: 'answered', evidence, sipStatus };
  const { reasonPhrase = '', cause } = notify;
  return {
    status: 'failed',
    evidence,
    sipStatus,
    reasonCode: reasonCodeOf(sipStatus, cause),
    reason: reasonText(sipStatus, reasonPhrase),
  };
}

/** The notifier ended the subscription and will not tell more (RFC 6665 section 4.1.3). */
export function subscriptionRefused(reason: 'rejected' | 'deactivated'): TransferOutcome {
  return {
    status: 'failed',
    evidence: 'sub-ended',
    reasonCode: reason === 'rejected' ? 'declined' : 'error',
    reason: `subscription ended: ${reason}`,
  };
}

/** The deadline has come. */
export function timedOut(pending: PendingRefer, reason: DeadlineReason): TransferOutcome {
  switch (reason) {
    case 'bye-linger':
      return presumed(pending);
    case 'subscription-end':
      return failed('sub-ended', 'error', 'the subscription ended without a final status');
    case 'ringing':
      return pending.stage === 'in-doubt'
        ? failed('in-doubt', 'error', 'the REFER was sent and never answered')
        : failed('timer', 'no-answer', 'no final NOTIFY within the ring time');
  }
}

/** The REFER got no answer in time. */
export function unanswered(isAlive: boolean): TransferOutcome {
  const peer = isAlive ? 'the peer is there' : 'the peer is gone';
  return failed('timer', 'error', `the REFER was not answered; ${peer}`);
}

/** Nothing has left. */
export function notSent(reason: string): TransferOutcome {
  return failed('local', 'error', reason);
}

/** The peer took the REFER and agreed to report nothing (RFC 4488). */
export const unreported: TransferOutcome = {
  status: 'answered',
  evidence: 'accepted-only',
  reason: 'presumed: the peer has taken the REFER and reports nothing',
};

export function cancelled(reason = 'cancelled by the bot'): TransferOutcome {
  return failed('local', 'error', reason);
}

/** A BYE and no final NOTIFY: after ringing it may be the caller who gave up, which is the same on the wire. */
function presumed({ isProgressing, isSubscriptionOver, byeWhileRinging }: PendingRefer): TransferOutcome {
  const isAmbiguous = isProgressing && isSubscriptionOver !== true;
  if (isAmbiguous && byeWhileRinging === 'failed')
    return failed('bye-ambiguous', 'error', 'presumed: the caller hung up while the target rang');
  return {
    status: 'answered',
    evidence: isAmbiguous ? 'bye-ambiguous' : 'bye',
    reason: 'presumed: the peer ended its leg after it had accepted the REFER',
  };
}

function failed(
  evidence: TransferOutcome['evidence'],
  reasonCode: 'error' | 'no-answer',
  reason: string
): TransferOutcome {
  return { status: 'failed', evidence, reasonCode, reason };
}
