import { SipHeaders } from '../message/headers';
import type { SipRequest, SipResponse } from '../message/message';
import type { NextHop } from '../transaction/types';
import type { Flow, Received } from '../transport/types';
import type { ClientContext } from './client-context';
import { Dialog } from './dialog';
import type { RequestDraft } from './in-dialog-request';
import { buildInDialogRequest, byeBecause } from './in-dialog-request';
import { isSameTag } from './matching';
import { tagOf } from '../message/name-addr';
import { recordRoutes, remoteTargetOf } from './route-set';
import { SentInvite } from './sent-invite';
import type { SentAck } from './sent-invite';
import type { SentRequest } from './sent-request';
import { sdpOf } from './session-description';

/** ACKs for the 2xx responses to our INVITEs (RFC 3261 section 13.2.2.4). */
export class Acknowledgements {
  constructor(
    private readonly context: ClientContext,
    private readonly ends: {
      /** Ends a dialog by BYE. */
      end(dialog: Dialog, reason: string): void;
      /** Sends the BYE of a branch whose dialog no client knows: it has the id of the one that answered first, whose call goes on. */
      endBranch(bye: SipRequest, hop: NextHop): void;
    }
  ) {}

  /** Sends the ACK for the dialog's last INVITE, or sends it again when it was sent before. */
  send(dialog: Dialog, draft: RequestDraft, onSent: (ack: SentAck) => void, onRefused: (reason: string) => void): void {
    const invite = dialog.latestInvite;
    const sentAck = invite === undefined ? dialog.lastAck : invite.ack;
    if (sentAck !== undefined) {
      this.context.transactions.resend(sentAck, sentAck.nextHop);
      onSent(sentAck);
      return;
    }
    this.context.nextHops.findForDialog(dialog, (hop) => {
      if (invite?.state !== 'accepted') onRefused('no INVITE to acknowledge');
      else if (hop instanceof Error) onRefused(hop.message);
      else {
        const request = buildInDialogRequest(dialog, withCredentials(draft, invite.sent), invite.cseq);
        invite.ack ??= { ...this.context.transactions.sendAck(request, hop), nextHop: hop };
        dialog.lastAck = invite.ack;
        this.context.kept.note(invite.sent);
        dialog.localSdp = sdpOf(request) ?? dialog.localSdp;
        this.context.dialogs.note(dialog);
        onSent(invite.ack);
        if (invite.endsAfterAck !== undefined) this.ends.end(dialog, invite.endsAfterAck);
      }
    });
  }

  /** Sends an ACK when the dialog's last 2xx has none yet, then runs `next`. To an offer it answers with our last description. */
  ensure(dialog: Dialog, next: () => void = () => undefined): void {
    const invite = dialog.latestInvite;
    if (invite?.isAwaitingAck !== true) {
      next();
      return;
    }
    const draft = ackDraft(invite.sent.request.body.length === 0 ? dialog.localSdp : undefined);
    this.send(dialog, draft, next, (reason) => {
      this.context.log.warn({ callId: dialog.callId, reason }, 'a 2xx could not be acknowledged');
      next();
    });
  }

  /** A 2xx after the first: a retransmission gets the ACK again, one of another fork is acknowledged and ended. */
  onFurther2xx(sent: SentRequest, response: SipResponse, { flow }: Received): void {
    const { dialog } = sent;
    if (dialog === undefined) return;
    const { invite } = sent;
    if (!isSameTag(tagOf(response.headers.get('To') ?? ''), dialog.remoteTag)) this.endFork(sent, response, flow);
    else if (invite?.ack !== undefined) {
      this.context.transactions.resend(invite.ack, invite.ack.nextHop);
    } else if (invite?.state === 'failed' && dialog.latestInvite === invite) {
      // The 2xx to a re-INVITE came after its time-out was reported.
      invite.state = 'accepted';
      this.ensure(dialog);
    }
  }

  private endFork(sent: SentRequest, response: SipResponse, flow: Flow): void {
    const original = sent.dialog;
    if (original === undefined) return;
    const fork = Dialog.ofOurs(sent.request, original.listener);
    const invite = new SentInvite(sent, fork.localCseq);
    confirmByResponse(fork, invite, response);
    fork.refreshTarget(response, flow);
    this.ensure(fork, () => {
      this.context.nextHops.findForDialog(fork, (hop) => {
        const bye = buildInDialogRequest(fork, byeBecause('answered by another branch'), fork.localCseq + 1);
        if (!(hop instanceof Error)) this.ends.endBranch(bye, hop);
      });
    });
  }
}

/** Makes the dialog of our INVITE from its 2xx (RFC 3261 section 12.1.2). */
export function confirmByResponse(dialog: Dialog, invite: SentInvite, response: SipResponse): void {
  const branch = invite.branches.get(tagOf(response.headers.get('To') ?? '')?.toLowerCase() ?? '');
  if (branch !== undefined) dialog.enterBranch(branch);
  else if (dialog.branch !== undefined) dialog.localCseq = invite.cseq;
  dialog.remoteParty = response.headers.get('To') ?? dialog.remoteParty;
  dialog.routeSet = recordRoutes(response.headers).reverse();
  dialog.remoteTarget = remoteTargetOf(response.headers) ?? dialog.remoteTarget;
  dialog.state = 'confirmed';
  dialog.branch = undefined;
  dialog.latestInvite = invite;
  // Other branches of the call counted their requests on their own.
  dialog.remoteCseq = undefined;
  invite.state = 'accepted';
}

function ackDraft(answer: Buffer | undefined): RequestDraft {
  const headers = SipHeaders.from(answer === undefined ? [] : [['Content-Type', 'application/sdp']]);
  return { method: 'ACK', headers, body: answer ?? Buffer.alloc(0) };
}

/** The ACK carries the same credentials as its INVITE (RFC 3261 section 13.2.2.4). */
function withCredentials(draft: RequestDraft, invite: SentRequest): RequestDraft {
  const headers = draft.headers.clone();
  for (const name of ['Authorization', 'Proxy-Authorization']) {
    if (!headers.has(name)) for (const value of invite.request.headers.all(name)) headers.append(name, value);
  }
  return { ...draft, headers };
}
