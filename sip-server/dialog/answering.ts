import { parseCSeq } from '../message/cseq';
import type { SipHeaders } from '../message/headers';
import { newTag } from '../message/identifiers';
import type { SipRequest, SipResponse } from '../message/message';
import type { Logger } from 'pino';
import { tagOf, withTag } from '../message/name-addr';
import { responseTo } from '../message/respond';
import { requiresReliable, takesReliable } from '../message/reliability';
import type { ServerTransaction } from '../transaction/types';
import { AcceptedInvite } from './accepted-invite';
import type { RetransmissionTimers } from './accepted-invite';
import { defaultContact, needsSips, reachableContact } from './contact';
import type { Dialog } from './dialog';
import { laterHeaders, substituteLocalhost } from './localhost';
import { ReliableResponses } from './reliable-responses';
import type { Dialogs } from './dialogs';
import type { RegisteredFlows } from './registered-flows';
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
  registered: RegisteredFlows;
  timers: RetransmissionTimers;
  /** Ends a dialog by BYE. */
  endByServer(dialog: Dialog, reason: string): void;
  /** Refuses a peer's INVITE: no PRACK came. */
  refuseInvite(dialog: Dialog, status: number): void;
  log: Logger;
}

/** Thrown when a response may not be sent as the application wants it. */
export class ResponseRefused extends Error {
  override readonly name = 'ResponseRefused';
}

/** Sends the application's responses and moves the dialog along with them. */
export class Answering {
  constructor(private readonly context: AnsweringContext) {}

  /** Runs `send` when the response may go: a PRACK that is awaited holds back a reliable 1xx, and a 2xx (RFC 3262 section 3). */
  whenAllowed(
    transaction: ServerTransaction,
    dialog: Dialog | undefined,
    draft: ResponseDraft,
    send: () => void
  ): void {
    const reliable = dialog?.reliable;
    const isSuccess = draft.status >= 200 && draft.status < 300;
    const isHeld = isSuccess || isReliable(transaction.request, draft);
    if (isHeld && reliable?.transaction === transaction) reliable.whenFree(isSuccess, send);
    else send();
  }

  /**
   * Answers a request (RFC 3261 sections 8.2.6, 12.1.1 and 13.3.1).
   * @throws TransactionGone when the request has its final response
   * @throws ResponseRefused
   */
  answer(transaction: ServerTransaction, dialog: Dialog | undefined, draft: ResponseDraft): SipResponse {
    const { request } = transaction;
    const isMaking = dialog?.state === 'early' && dialog.peerInvite === transaction;
    const reliability = reliabilityOf(request, draft);
    const isOfferLeftOut = reliability === 'server' && request.body.length === 0;
    if (draft.status > 100) transaction.localTag ??= tagOf(draft.headers.get('To') ?? '') ?? newTag();
    const response = responseTo(request, draft.status, draft.reason, {
      toTag: transaction.localTag,
      headers: withoutOurs(draft.headers),
      body: isOfferLeftOut ? undefined : draft.body,
    });
    this.completeContact(request, response, transaction, dialog);
    const terms = dialog && this.context.sessions.answer(dialog, request, response);
    if (isOfferLeftOut) response.headers.delete('Content-Type');
    if (dialog !== undefined && reliability !== undefined) {
      this.reliableOf(dialog, transaction).send(response, reliability === 'server');
    } else if (draft.status > 100 || transaction.lastStatus < 100) transaction.respond(response);
    this.context.registered.note(request, response, transaction.received.flow);
    if (dialog === undefined) return response;
    this.context.dialogs.note(dialog);
    if (isMaking && draft.status > 100) this.makeDialog(transaction, dialog, response);
    if (draft.status >= 200) this.onFinal(transaction, dialog, response, terms);
    return response;
  }

  /**
   * Repeats a 2xx until its ACK comes.
   * @param deadlineAt when the dialog ends without one, in milliseconds since the epoch; default 64*T1 from now
   */
  awaitAck(
    transaction: ServerTransaction,
    dialog: Dialog,
    response: SipResponse,
    isInitial: boolean,
    deadlineAt?: number
  ): void {
    const cseq = parseCSeq(transaction.request.headers.get('CSeq') ?? '')?.number ?? 0;
    const onNoAck = (): void => {
      dialog.accepted.delete(cseq);
      accepted.stop();
      this.context.log.warn({ callId: dialog.callId }, 'no ACK came for a 2xx');
      this.context.endByServer(dialog, 'ACK timeout');
    };
    const { timers } = this.context;
    const accepted = new AcceptedInvite(transaction, isInitial, response, timers, onNoAck, deadlineAt);
    dialog.accepted.set(cseq, accepted);
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
    if (request.method === 'PRACK' && response.status < 300) noteDescriptions(dialog, request, response);
    if (request.method !== 'INVITE' && request.method !== 'UPDATE') return;
    if (dialog.reliable?.transaction === transaction) dialog.reliable.stop();
    if (dialog.peerInvite === transaction) dialog.peerInvite = undefined;
    if (response.status >= 300) {
      if (isMaking) this.context.dialogs.remove(dialog);
      return;
    }
    dialog.localContact = response.headers.get('Contact') ?? dialog.localContact;
    dialog.refreshTarget(request, received.flow);
    noteDescriptions(dialog, request, response);
    if (request.method === 'INVITE') {
      if (isMaking) dialog.state = 'confirmed';
      this.awaitAck(transaction, dialog, response, isMaking);
    }
    if (dialog.state === 'confirmed') this.context.sessions.begin(dialog, terms);
  }

  private reliableOf(dialog: Dialog, transaction: ServerTransaction): ReliableResponses {
    if (dialog.reliable?.transaction === transaction) return dialog.reliable;
    dialog.reliable = new ReliableResponses(transaction, this.context.timers, () => {
      this.context.log.warn({ callId: dialog.callId }, 'no PRACK came for a reliable response');
      this.context.refuseInvite(dialog, 503);
    });
    return dialog.reliable;
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

/**
 * Who wants a provisional response to be reliable: the application, or the server because the peer requires it and the application does
 * not know (RFC 3262 section 3). Such a one carries no offer, which the application could not read the answer to.
 * @throws ResponseRefused when the peer takes no reliable responses
 */
function reliabilityOf(request: SipRequest, draft: ResponseDraft): 'application' | 'server' | undefined {
  if (!isReliable(request, draft)) return undefined;
  if (!requiresReliable(draft.headers)) return 'server';
  if (!takesReliable(request.headers)) throw new ResponseRefused('the peer takes no reliable provisional responses');
  return 'application';
}

function isReliable({ method, headers }: SipRequest, draft: ResponseDraft): boolean {
  if (method !== 'INVITE' || draft.status <= 100 || draft.status >= 200) return false;
  return requiresReliable(draft.headers) || requiresReliable(headers);
}

function noteDescriptions(dialog: Dialog, request: SipRequest, response: SipResponse): void {
  dialog.localSdp = sdpOf(response) ?? dialog.localSdp;
  dialog.remoteSdp = sdpOf(request) ?? dialog.remoteSdp;
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
