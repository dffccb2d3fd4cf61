import { requestOfRow, responseOfRow } from '../message/message-row';
import type { NextHop } from '../transaction/types';
import type { ClientContext } from './client-context';
import type { Dialog } from './dialog';
import type { SentRequestRow } from './kept-requests';
import { SentInvite } from './sent-invite';
import { SentRequest } from './sent-request';
import type { UserAgentClient } from './user-agent-client';

/** Goes on with requests of ours that an earlier process left: those without an answer go out again, byte for byte. */
export class ResumedRequests {
  constructor(
    private readonly context: ClientContext,
    private readonly userAgent: UserAgentClient
  ) {}

  /** @param onResumed gets each request that a client may still ask for */
  resumeAll(onResumed: (sent: SentRequest) => void): void {
    for (const row of this.context.kept.rows()) {
      const dialog = row.dialogId === undefined ? undefined : this.context.dialogs.get(row.dialogId);
      if (row.dialogId !== undefined && dialog === undefined) this.context.kept.drop(row.id);
      else onResumed(this.resume(row, dialog));
    }
  }

  private resume(row: SentRequestRow, dialog: Dialog | undefined): SentRequest {
    const sent = new SentRequest(row.id, requestOfRow(row.request), row.trail, dialog, row.effectId);
    const { sentAt, isCancelled, isAbandoned, isRefresh, owner } = row;
    Object.assign(sent, { sentAt, isCancelled, isAbandoned, isRefresh, owner, isFinal: row.stage === 'accepted' });
    sent.responses.push(...row.responses.map((from) => ({ ...from, response: responseOfRow(from.response) })));
    if (dialog !== undefined) this.link(sent, dialog, row);
    if (dialog === undefined || sent.isInitial) this.follow(sent, row, { target: row.target });
    else {
      this.context.nextHops.findForDialog(dialog, (hop) =>
        this.follow(sent, row, hop instanceof Error ? { target: row.target } : hop)
      );
    }
    return sent;
  }

  private link(sent: SentRequest, dialog: Dialog, { invite: row }: SentRequestRow): void {
    if (!sent.isFinal) dialog.open.add(sent);
    if (row !== undefined) {
      const invite = new SentInvite(sent, row.cseq);
      invite.endsAfterAck = row.endsAfterAck;
      if (sent.isFinal) invite.state = 'accepted';
      if (row.isAcknowledged) invite.ack = dialog.lastAck;
      sent.invite = invite;
      if ((dialog.latestInvite?.cseq ?? 0) < row.cseq) dialog.latestInvite = invite;
    }
    if (sent.isRefresh && !sent.isFinal) this.userAgent.sessions.resumeRefresh(dialog, sent);
    this.context.dialogs.note(dialog);
  }

  private follow(sent: SentRequest, { stage }: SentRequestRow, hop: NextHop): void {
    const user = this.userAgent.following(() => sent, hop.target);
    const { id, request } = sent;
    const transaction = this.context.transactions.resume({ id, request, stage }, hop, user);
    sent.follow(transaction, this.context.kept);
    if (sent.isFinal) this.userAgent.afterAnswer(sent);
    else if (sent.isCancelled) transaction.cancel();
    this.context.kept.note(sent);
  }
}
