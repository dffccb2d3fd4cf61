import { randomUUID } from 'node:crypto';
import { parseCSeq } from '../message/cseq';
import { SipHeaders } from '../message/headers';
import type { SipRequest } from '../message/message';
import { tagOf } from '../message/name-addr';
import { responseTo } from '../message/respond';
import { rackOf, reliableOption } from '../message/reliability';
import { timerOption } from '../message/session-expires';
import { parseUri } from '../message/uri';
import { Tally } from '../metrics/tally';
import type { ServerTransaction, ServerTransactionUser } from '../transaction/types';
import { PacedLog } from '../transport/paced-log';
import type { Received } from '../transport/types';
import { defaultContact, needsSips } from './contact';
import { Dialog, dialogIdOf } from './dialog';
import { clashWith, inDialogRefusal, noDialog, noNewCalls } from './refusals';
import type { Refusal } from './refusals';
import type { ServerContext } from './server-context';
import { sdpOf } from './session-description';

/** Methods that make no sense outside of a dialog. */
const onlyInDialog = new Set(['BYE', 'UPDATE', 'PRACK']);

/** What a server that takes no new calls refuses; OPTIONS, because those who ask by it whether calls may come shall know. */
const opensCalls = new Set(['INVITE', 'OPTIONS']);

/** Methods by which a peer asks what is understood here; what others require, applications know. */
const showsOptions = new Set(['INVITE', 'OPTIONS']);

/** Schemes of a Request-URI that some application may serve; `urn` for emergency calls (RFC 5031). */
const knownSchemes = new Set(['sip', 'sips', 'tel', 'urn']);

/** The user agent server of RFC 3261 sections 8.2, 12.2.2, 13.3, 14.2 and 15: decides what the application gets to see. */
export class UserAgentServer implements ServerTransactionUser {
  /** Requests refused so far, by status code. */
  readonly refused = new Tally();
  private readonly refusals = new PacedLog();

  constructor(private readonly context: ServerContext) {}

  isInDialog(request: SipRequest): boolean {
    return this.context.dialogs.match(request) !== undefined;
  }

  onRequest(transaction: ServerTransaction): void {
    const { headers, method } = transaction.request;
    const unknown = showsOptions.has(method) ? headers.values('Require').filter(isUnknownOption) : [];
    const tooSmall = this.context.sessions.tooSmall(transaction.request);
    if (unknown.length > 0) this.refuse(transaction, [420, ['Unsupported', unknown.join(', ')]]);
    else if (tooSmall !== undefined) this.refuse(transaction, [422, ...tooSmall]);
    else if (tagOf(headers.get('To') ?? '') === undefined) this.onInitial(transaction);
    else {
      const dialog = this.context.dialogs.match(transaction.request);
      if (dialog !== undefined) this.onInDialog(transaction, dialog);
      else if (method === 'NOTIFY') this.context.application.onInitialRequest(transaction, undefined);
      else this.refuse(transaction, noDialog);
    }
  }

  onAck(ack: SipRequest, received: Received): void {
    const dialog = this.context.dialogs.match(ack);
    const number = parseCSeq(ack.headers.get('CSeq') ?? '')?.number ?? -1;
    const accepted = dialog?.accepted.get(number);
    if (dialog === undefined || accepted === undefined) return;
    dialog.accepted.delete(number);
    dialog.remoteSdp = sdpOf(ack) ?? dialog.remoteSdp;
    this.context.dialogs.note(dialog);
    const transactionId = accepted.isInitial ? accepted.transaction.id : randomUUID();
    this.context.application.onAck(dialog, ack, received, transactionId);
    accepted.stop();
    if (dialog.reliable?.transaction === accepted.transaction) dialog.reliable = undefined;
  }

  onCancel(invite: ServerTransaction, cancel: SipRequest, received: Received): void {
    const dialog = this.context.dialogs.get(dialogIdOf(invite.request)) ?? this.context.dialogs.match(invite.request);
    if (dialog?.peerInvite !== invite) return;
    dialog.peerInvite = undefined;
    if (dialog.state === 'early') {
      this.context.application.onCancelled(invite, cancel, received);
      this.context.dialogs.remove(dialog);
    } else this.context.application.onWithdrawn(invite);
  }

  /** Refuses an INVITE that is not answered yet; of a new call the application is told as if the caller had given up. */
  refuseInvite(dialog: Dialog, status: number): void {
    const pending = dialog.peerInvite;
    if (pending === undefined) return;
    dialog.peerInvite = undefined;
    this.refuse(pending, [status]);
    if (dialog.state === 'early') {
      this.context.application.onCancelled(pending, cancelFor(pending), pending.received);
      this.context.dialogs.remove(dialog);
    } else this.context.application.onWithdrawn(pending);
  }

  /** Sends a final response that no application is asked for. */
  refuse(transaction: ServerTransaction, [status, ...headers]: Refusal): void {
    const { request } = transaction;
    this.refused.add(String(status));
    const callId = request.headers.get('Call-ID');
    const { address } = transaction.received.flow.remote;
    this.refusals.note(address, (count) =>
      this.context.log.info(
        { callId, method: request.method, status, address, count },
        'request answered by the server'
      )
    );
    if (!transaction.isPending) return;
    transaction.respond(responseTo(request, status, undefined, { toTag: transaction.localTag, headers }));
  }

  private onInitial(transaction: ServerTransaction): void {
    const { request } = transaction;
    const id = dialogIdOf(request);
    if (onlyInDialog.has(request.method)) this.refuse(transaction, noDialog);
    else if (!knownSchemes.has(parseUri(request.uri).scheme)) this.refuse(transaction, [416]);
    else if (this.context.refusesCalls() && opensCalls.has(request.method)) this.refuse(transaction, noNewCalls);
    else if (!isSafeToken(id)) this.refuse(transaction, [400]);
    else if (request.method !== 'INVITE') this.context.application.onInitialRequest(transaction, undefined);
    else {
      const existing = this.context.dialogs.get(id);
      const clash = existing === undefined ? undefined : clashWith(existing);
      if (clash !== undefined) this.refuse(transaction, clash);
      else {
        const dialog = Dialog.ofPeer(transaction);
        this.context.dialogs.add(dialog);
        this.context.application.onInitialRequest(transaction, dialog);
      }
    }
  }

  private onInDialog(transaction: ServerTransaction, dialog: Dialog): void {
    const { request } = transaction;
    const number = parseCSeq(request.headers.get('CSeq') ?? '')?.number ?? 0;
    // The branches of a forked INVITE share this dialog until one has answered, and each counts on its own.
    const isCounted = dialog.state === 'confirmed' || dialog.role === 'uas';
    if (dialog.state !== 'ended' && isCounted && number < (dialog.remoteCseq ?? 0)) {
      // RFC 3261 section 12.2.2: out of order.
      this.refuse(transaction, [500]);
      return;
    }
    dialog.remoteCseq = Math.max(number, dialog.remoteCseq ?? 0);
    dialog.followConnection(transaction.received.flow);
    this.context.probes.heard(dialog);
    this.context.dialogs.note(dialog);
    const refusal = inDialogRefusal(request, dialog);
    if (refusal !== undefined) this.refuse(transaction, refusal);
    else if (request.method === 'BYE') this.onBye(transaction, dialog);
    else if (request.method === 'PRACK') this.onPrack(transaction, dialog);
    else if (request.method === 'UPDATE' && request.body.length === 0) this.onRefresh(transaction, dialog);
    else {
      if (request.method === 'INVITE') dialog.peerInvite = transaction;
      if (request.method === 'UPDATE') dialog.peerUpdate = transaction;
      if (request.method === 'INVITE' || request.method === 'UPDATE') dialog.noteAllow(request.headers);
      this.context.application.onInDialogRequest(transaction, dialog);
    }
  }

  /** RFC 3261 section 15.1.2: the dialog ends now, whoever answers, and pending requests get 487. */
  private onBye(transaction: ServerTransaction, dialog: Dialog): void {
    const pending = dialog.peerInvite;
    const wasEarly = dialog.state === 'early';
    dialog.peerInvite = undefined;
    this.context.dialogs.end(dialog);
    if (pending?.isPending === true) {
      pending.respond(responseTo(pending.request, 487, undefined, { toTag: dialog.localTag }));
      if (!wasEarly) this.context.application.onWithdrawn(pending);
    }
    if (!wasEarly) {
      this.context.application.onInDialogRequest(transaction, dialog);
      return;
    }
    this.refuse(transaction, [200]);
    if (pending !== undefined) this.context.application.onCancelled(pending, cancelFor(pending), transaction.received);
  }

  /** The application sees the PRACK of a response that it wanted reliable (RFC 3262 section 3). */
  private onPrack(transaction: ServerTransaction, dialog: Dialog): void {
    const { headers, body } = transaction.request;
    const rack = rackOf(headers);
    const acknowledged = rack && dialog.reliable?.acknowledge(rack);
    if (acknowledged === undefined) this.refuse(transaction, noDialog);
    else {
      if (!acknowledged.isByServer) this.context.application.onInDialogRequest(transaction, dialog);
      else this.refuse(transaction, body.length === 0 ? [200] : [488]);
      acknowledged.release();
    }
  }

  /** An UPDATE without body only refreshes target and session (RFC 3311 section 5.2, RFC 4028 section 9). */
  private onRefresh(transaction: ServerTransaction, dialog: Dialog): void {
    const { request, received } = transaction;
    const contact = ['Contact', dialog.localContact ?? defaultContact(dialog.listener, needsSips(request))] as const;
    const answer = responseTo(request, 200, undefined, { headers: [contact] });
    dialog.refreshTarget(request, received.flow);
    const terms = dialog.state === 'confirmed' ? this.context.sessions.answer(dialog, request, answer) : undefined;
    transaction.respond(answer);
    if (dialog.state === 'confirmed') this.context.sessions.begin(dialog, terms);
  }
}

/** Both are known whether or not the application uses them. */
function isUnknownOption(option: string): boolean {
  return ![timerOption, reliableOption].includes(option.toLowerCase());
}

/** Dialog ids travel between separators that have no escape. */
function isSafeToken(id: string): boolean {
  return !/[|\r\n]/.test(id);
}

/** What the application is told when a caller ends an unanswered INVITE by BYE. */
function cancelFor({ request }: ServerTransaction): SipRequest {
  const headers = new SipHeaders();
  for (const name of ['Via', 'From', 'To', 'Call-ID']) headers.append(name, request.headers.get(name) ?? '');
  headers.append('CSeq', `${parseCSeq(request.headers.get('CSeq') ?? '')?.number ?? 0} CANCEL`);
  return { kind: 'request', method: 'CANCEL', uri: request.uri, headers, body: Buffer.alloc(0) };
}
