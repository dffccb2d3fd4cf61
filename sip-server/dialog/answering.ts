import { parseCSeq } from '../message/cseq';
import type { SipHeaders } from '../message/headers';
import { newTag } from '../message/identifiers';
import type { SipRequest, SipResponse } from '../message/message';
import type { Logger } from 'pino';
import { tagOf, withTag } from '../message/name-addr';
import { responseTo } from '../message/respond';
import type { ServerTransaction } from '../transaction/types';
import { AcceptedInvite } from './accepted-invite';
import type { RetransmissionTimers } from './accepted-invite';
import { defaultContact, needsSips, reachableContact } from './contact';
import type { Dialog } from './dialog';
import { laterHeaders, substituteLocalhost } from './localhost';
import { remoteTargetOf } from './route-set';
import type { Dialogs } from './dialogs';
import { sdpOf } from './session-description';
import type { SessionTerms } from './session-terms';
import type { Sessions } from './sessions';

/** What the application decides about a response; To is looked at for its tag only. */
export interface ResponseDraft {
  status: number;
  reason: string;
  headers: SipHeaders;
  body: Buffer;
}

export interface AnsweringContext {
  dialogs: Dialogs;
  sessions: Sessions;
  timers: RetransmissionTimers;
  /** Ends a dialog by BYE. */
  endByServer(dialog: Dialog, reason: string): void;
  log: Logger;
}

/** Sends the application's responses and moves the dialog along with them. */
export class Answering {
  constructor(private readonly context: AnsweringContext) {}

  /**
   * Answers a request (RFC 3261 sections 8.2.6, 12.1.1 and 13.3.1).
   * @throws TransactionGone when the request has its final response
   */
  answer(transaction: ServerTransaction, dialog: Dialog | undefined, draft: ResponseDraft): SipResponse {
    const { request } = transaction;
    const isMaking = dialog?.state === 'early' && dialog.peerInvite === transaction;
    if (draft.status > 100) transaction.localTag ??= tagOf(draft.headers.get('To') ?? '') ?? newTag();
    const response = responseTo(request, draft.status, draft.reason, {
      toTag: transaction.localTag,
      headers: withoutOurs(draft.headers),
      body: draft.body,
    });
    this.completeContact(request, response, transaction, dialog);
    const terms = dialog && this.context.sessions.answer(dialog, request, response);
    if (draft.status > 100 || transaction.lastStatus < 100) transaction.respond(response);
    if (dialog === undefined) return response;
    this.context.dialogs.note(dialog);
    if (isMaking && draft.status > 100) this.makeDialog(transaction, dialog, response);
    if (draft.status >= 200) this.onFinal(transaction, dialog, response, terms);
    return response;
  }

  private makeDialog(transaction: ServerTransaction, dialog: Dialog, response: SipResponse): void {
    const to = transaction.request.headers.get('To') ?? '';
    dialog.localParty = response.headers.get('To') ?? withTag(to, transaction.localTag ?? newTag());
    dialog.localContact = response.headers.get('Contact') ?? dialog.localContact;
    dialog.localSdp = sdpOf(response) ?? dialog.localSdp;
  }

  private onFinal(
    transaction: ServerTransaction,
    dialog: Dialog,
    response: SipResponse,
    terms: SessionTerms | undefined
  ): void {
    const { request, received } = transaction;
    const isMaking = dialog.state === 'early' && dialog.peerInvite === transaction;
    if (request.method !== 'INVITE' && request.method !== 'UPDATE') return;
    if (dialog.peerInvite === transaction) dialog.peerInvite = undefined;
    if (response.status >= 300) {
      if (isMaking) this.context.dialogs.remove(dialog);
      return;
    }
    dialog.localContact = response.headers.get('Contact') ?? dialog.localContact;
    dialog.refreshTarget(remoteTargetOf(request.headers), received.flow);
    dialog.localSdp = sdpOf(response) ?? dialog.localSdp;
    dialog.remoteSdp = sdpOf(request) ?? dialog.remoteSdp;
    if (request.method === 'INVITE') this.awaitAck(transaction, dialog, response, isMaking);
    if (dialog.state === 'confirmed') this.context.sessions.begin(dialog, terms);
  }

  private awaitAck(transaction: ServerTransaction, dialog: Dialog, response: SipResponse, isMaking: boolean): void {
    const cseq = parseCSeq(transaction.request.headers.get('CSeq') ?? '')?.number ?? 0;
    if (isMaking) dialog.state = 'confirmed';
    const accepted = new AcceptedInvite(transaction, isMaking, response, this.context.timers, () => {
      dialog.accepted.delete(cseq);
      this.context.log.warn({ callId: dialog.callId }, 'no ACK came for a 2xx');
      this.context.endByServer(dialog, 'no ACK received');
    });
    dialog.accepted.set(cseq, accepted);
  }

  /** Responses that make a dialog or refresh its target carry a Contact on the transport that the request came by. */
  private completeContact(
    request: SipRequest,
    response: SipResponse,
    transaction: ServerTransaction,
    dialog: Dialog | undefined
  ): void {
    const { listener } = transaction.received.flow;
    substituteLocalhost(response.headers, laterHeaders, listener);
    const given = response.headers.get('Contact');
    const isRedirect = response.status >= 300 && response.status < 400;
    if (given !== undefined && !isRedirect && request.method !== 'REGISTER') {
      response.headers.set('Contact', reachableContact(given, listener, needsSips(request)));
    }
    if (given === undefined && needsContact(request.method, response.status)) {
      response.headers.append('Contact', dialog?.localContact ?? defaultContact(listener, needsSips(request)));
    }
  }
}

function needsContact(method: string, status: number): boolean {
  if (status <= 100 || status >= 300) return false;
  return method === 'INVITE' || (status >= 200 && ['UPDATE', 'SUBSCRIBE', 'REFER'].includes(method));
}

/** From and To come from the request; a client's copies of them are dropped before names are substituted. */
function withoutOurs(headers: SipHeaders): Iterable<readonly [string, string]> {
  const ours = new Set(['from', 'to', 'via', 'call-id', 'cseq', 'route', 'record-route', 'rseq', 'content-length']);
  return [...headers.entries()].filter(([name]) => !ours.has(name.toLowerCase()));
}
