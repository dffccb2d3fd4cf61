import type { SipResponse } from '../message/message';
import type { Received } from '../transport/types';
import { confirmByResponse } from './acknowledgements';
import type { Dialog } from './dialog';
import { takeProvisional } from './early-branch';
import type { Dialogs } from './dialogs';
import type { SentRequest } from './sent-request';
import { sdpOf } from './session-description';
import type { Sessions } from './sessions';

/** What the responses to our requests change in their dialogs. */
export class RequestOutcome {
  constructor(
    private readonly dialogs: Dialogs,
    private readonly sessions: Sessions
  ) {}

  /** @returns false for a response that counts as not received */
  onProvisional(sent: SentRequest, response: SipResponse): boolean {
    if (!takeProvisional(sent, response)) return false;
    const { dialog, isInvite } = sent;
    if (dialog?.state !== 'early' || !isInvite) return true;
    dialog.noteAllow(response.headers);
    dialog.remoteSdp = sdpOf(response) ?? dialog.remoteSdp;
    return true;
  }

  /** @param received undefined for a response that we made ourselves */
  onFinal(sent: SentRequest, response: SipResponse, received: Received | undefined): void {
    const { dialog, method, request } = sent;
    if (dialog === undefined) return;
    dialog.open.delete(sent);
    const isSuccess = response.status < 300;
    if (sent.isInvite) this.onInviteFinal(dialog, sent, response, received);
    if (method === 'BYE' && response.status !== 401 && response.status !== 407) this.dialogs.end(dialog);
    if (method === 'PRACK' && isSuccess) dialog.hasEarlyAnswer ||= dialog.branch?.hasSdp === true;
    if (!isSuccess || received === undefined || !(sent.isInvite || method === 'UPDATE')) return;
    dialog.refreshTarget(response, received.flow);
    dialog.noteAllow(response.headers);
    dialog.localSdp = sdpOf(request) ?? dialog.localSdp;
    dialog.remoteSdp = sdpOf(response) ?? dialog.remoteSdp;
    if (dialog.state === 'confirmed') this.sessions.onResponse(dialog, request, response);
  }

  private onInviteFinal(
    dialog: Dialog,
    sent: SentRequest,
    response: SipResponse,
    received: Received | undefined
  ): void {
    const { invite } = sent;
    if (response.status >= 300) {
      if (invite !== undefined) invite.state = 'failed';
      if (dialog.state === 'early') this.dialogs.remove(dialog);
      return;
    }
    if (invite === undefined) return;
    if (dialog.state === 'early') {
      confirmByResponse(dialog, invite, response);
      dialog.listener = received?.flow.listener ?? dialog.listener;
      if (!response.headers.has('Contact')) invite.endsAfterAck = 'the answer has no Contact';
    }
    invite.state = 'accepted';
  }
}
