import { randomUUID } from 'node:crypto';
import type { SipRequest, SipResponse } from '../message/message';
import { responseTo } from '../message/respond';
import { serialize } from '../message/serialize';
import type { NextHop } from '../transaction/types';
import type { Received, Target } from '../transport/types';
import { Acknowledgements } from './acknowledgements';
import { nobody, unknownDialog } from './client-context';
import type { ClientContext, Sender } from './client-context';
import { Dialog } from './dialog';
import { enterBranchOf } from './early-branch';
import { buildInDialogRequest, byeBecause, isOffer, isTooEarly } from './in-dialog-request';
import type { RequestDraft } from './in-dialog-request';
import { sendWithFailOver } from './fail-over';
import type { FailOverUser } from './fail-over';
import { completeInitialRequest } from './initial-request';
import { isSupportedUri } from './next-hops';
import { RequestOutcome } from './request-outcome';
import { beginInvite } from './sent-invite';
import { SentRequest, trailOfLocal, trailOfReceived, trailTo } from './sent-request';
import type { Trail } from './sent-request';
import { Sessions } from './sessions';
import { after } from './timer';

const nowhere: Target = { protocol: 'udp', address: '0.0.0.0', port: 0 };

/** The user agent client of RFC 3261 sections 8.1, 12.2.1, 13.2, 14.1 and 15. */
export class UserAgentClient {
  readonly acknowledgements: Acknowledgements;
  readonly sessions: Sessions;
  private readonly outcome: RequestOutcome;

  constructor(private readonly context: ClientContext) {
    this.acknowledgements = new Acknowledgements(context, {
      end: (dialog, reason) => this.endByServer(dialog, reason),
      endBranch: (bye, hop) => this.transmit(bye, hop, undefined, nobody),
    });
    this.sessions = new Sessions({
      minSessionExpiresS: context.minSessionExpiresS,
      sendInDialog: (dialog, draft, sender) => this.sendInDialog(dialog, draft, sender),
      note: (dialog) => context.dialogs.note(dialog),
      acknowledge: (dialog) => this.acknowledgements.ensure(dialog),
      endByServer: (dialog, reason) => this.endByServer(dialog, reason),
      log: context.log,
    });
    this.outcome = new RequestOutcome(context.dialogs, this.sessions);
  }

  /** Sends a request outside of any dialog to the first hop `nextHop`, a URI. */
  sendInitial(draft: SipRequest, nextHop: string, sender: Sender): void {
    if (!isSupportedUri(nextHop)) {
      sender.onRefused(`no transport for ${nextHop}`);
      return;
    }
    this.context.nextHops.find(draft, nextHop, (hop) => {
      const [first] = this.context.listeners();
      const listener = hop instanceof Error ? first : (hop.flow?.listener ?? this.context.chooseListener(hop.target));
      if (listener === undefined) {
        sender.onRefused(`no transport for ${nextHop}`);
        return;
      }
      const request = completeInitialRequest(draft, listener);
      this.sessions.proposeInitial(request);
      if (hop instanceof Error) this.answerLocally(request, 503, undefined, sender);
      else this.sendNew(request, Dialog.ofOurs(request, listener), hop, sender);
    });
  }

  /** Sends a request other than ACK and CANCEL inside a dialog. */
  sendInDialog(dialog: Dialog, draft: RequestDraft, sender: Sender): void {
    const unacknowledged = [...dialog.accepted.values()].find(({ isInitial }) => isInitial);
    if (draft.method === 'BYE' && unacknowledged !== undefined) {
      // RFC 3261 section 15: the callee sends no BYE before the ACK came or is given up.
      unacknowledged.whenSettled(() => this.sendInDialog(dialog, draft, sender));
      return;
    }
    if (draft.method === 'PRACK') enterBranchOf(dialog, draft.headers);
    this.context.nextHops.findForDialog(dialog, (hop) => {
      const cseq = dialog.localCseq + 1;
      if (dialog.state === 'ended') sender.onRefused(unknownDialog(dialog.id));
      else if (!dialog.takesRequests || isTooEarly(dialog, draft))
        sender.onRefused('the dialog is not established yet');
      else if (isOffer(draft) && dialog.session.isRefreshing && sender.owner !== undefined) {
        dialog.session.whenRefreshed(() => this.sendInDialog(dialog, draft, sender));
      } else if (isOffer(draft) && dialog.isOfferPending(draft.method)) {
        this.answerLocally(buildInDialogRequest(dialog, draft, cseq), 491, dialog, sender);
      } else {
        dialog.localCseq = cseq;
        const request = buildInDialogRequest(dialog, draft, cseq);
        this.sessions.propose(dialog, request);
        if (hop instanceof Error) this.answerLocally(request, 503, dialog, sender);
        else this.sendEstablished(dialog, request, hop, sender);
      }
    });
  }

  /** Cancels an INVITE. @returns the CANCEL, or undefined when the INVITE has its final response */
  cancel(sent: SentRequest, headers: Iterable<readonly [string, string]> = []): SipRequest | undefined {
    if (!sent.isInvite || sent.isFinal || sent.transaction === undefined) return undefined;
    sent.isCancelled = true;
    this.context.kept.note(sent);
    return sent.transaction.cancel(headers);
  }

  /** Gives up an INVITE that nobody waits for any more: CANCEL, or ACK and BYE when it was answered. */
  abandon(sent: SentRequest, reason: string): void {
    sent.isAbandoned = true;
    this.context.kept.note(sent);
    const { dialog } = sent;
    if (!sent.isFinal) this.cancel(sent);
    else if (dialog?.latestInvite?.sent === sent) this.settle(dialog, sent, reason);
  }

  /** Ends a dialog without the application: BYE with a Reason. */
  endByServer(dialog: Dialog, reason: string): void {
    if (dialog.state !== 'confirmed' || dialog.isEnding) return;
    this.sendInDialog(dialog, byeBecause(reason), {
      owner: undefined,
      effectId: undefined,
      onSent: (bye) => {
        this.context.dialogs.end(dialog);
        this.context.events.onServerBye(dialog, bye);
      },
      onRefused: () => this.context.dialogs.end(dialog),
    });
  }

  /** Takes what a transaction reports as the outcome of its request. */
  following(sent: () => SentRequest, target: Target): FailOverUser {
    const onResponse = (response: SipResponse, received: Received): void =>
      this.onResponse(sent(), response, trailOfReceived(received), received);
    const onLocal = (status: number): void => this.onLocal(sent(), status, sent().transaction?.target ?? target);
    return {
      onProvisional: onResponse,
      onFinal: onResponse,
      onFurther2xx: (response, received) => this.acknowledgements.onFurther2xx(sent(), response, received),
      onTimeout: () => onLocal(sent().isCancelled ? 487 : 408),
      onTransportError: (reason) => {
        const { method, headers } = sent().request;
        this.context.log.warn({ callId: headers.get('Call-ID'), method, reason }, 'request could not be sent');
        onLocal(503);
      },
      onNext: (transaction) => sent().follow(transaction, this.context.kept),
      mayGoOn: () => !sent().isCancelled && !sent().isAbandoned,
    };
  }

  /** Acknowledges a 2xx that nobody waits for; of a new call it also ends the dialog. */
  private settle(dialog: Dialog, invite: SentRequest, reason: string): void {
    if (dialog.latestInvite?.isAwaitingAck !== true) return;
    this.acknowledgements.ensure(dialog, () => {
      if (invite.isInitial) this.endByServer(dialog, reason);
    });
  }

  private sendNew(request: SipRequest, dialog: Dialog, hop: NextHop, sender: Sender): void {
    if (request.method !== 'INVITE') {
      this.transmit(request, hop, undefined, sender);
      return;
    }
    const existing = this.context.dialogs.get(dialog.id);
    if (existing !== undefined && existing.state !== 'ended') {
      sender.onRefused(`dialog ${dialog.id} exists already`);
      return;
    }
    this.context.dialogs.add(dialog);
    this.transmit(request, hop, dialog, sender);
  }

  private sendEstablished(dialog: Dialog, request: SipRequest, hop: NextHop, sender: Sender): void {
    if (request.method === 'BYE') {
      dialog.session.stop();
      if (dialog.latestInvite?.state === 'pending') this.cancel(dialog.latestInvite.sent);
    }
    this.transmit(request, hop, dialog, sender);
  }

  private transmit(request: SipRequest, hop: NextHop, dialog: Dialog | undefined, sender: Sender): void {
    // No callback runs before `request` has returned, so that `sent` is there for all of them.
    const transaction = sendWithFailOver(
      this.context,
      request,
      hop,
      this.following(() => sent, hop.target)
    );
    const trail = trailTo(transaction.target, transaction.bytes);
    const sent = new SentRequest(transaction.id, transaction.request, trail, dialog, sender.effectId);
    sent.follow(transaction, this.context.kept);
    this.register(sent, dialog, sender);
  }

  private register(sent: SentRequest, dialog: Dialog | undefined, sender: Sender): void {
    sent.owner = sender.owner;
    sent.isRefresh = sender.isRefresh === true;
    this.context.kept.note(sent);
    sent.onFinal = (response) => sender.onFinal?.(response, sent.request);
    if (dialog !== undefined) {
      if (sent.isInvite && sent.transaction !== undefined) beginInvite(sent, dialog);
      dialog.owner ??= sender.owner;
      dialog.open.add(sent);
      if (sent.effectId !== undefined) dialog.effectIds.push(sent.effectId);
      this.context.dialogs.note(dialog);
    }
    sender.onSent(sent);
  }

  /** Reports a request as sent and answers it ourselves: it cannot be sent, or may not be now. */
  private answerLocally(request: SipRequest, status: number, dialog: Dialog | undefined, sender: Sender): void {
    const trail = trailTo(nowhere, serialize(request).length);
    const sent = new SentRequest(randomUUID(), request, trail, dialog, sender.effectId);
    this.register(sent, dialog, sender);
    setImmediate(() => this.onLocal(sent, status, nowhere));
  }

  private onLocal(sent: SentRequest, status: number, target: Target): void {
    const response = responseTo(sent.request, status);
    this.onResponse(sent, response, trailOfLocal(response, target));
  }

  private onResponse(sent: SentRequest, response: SipResponse, trail: Trail, received?: Received): void {
    if (sent.isFinal) return;
    if (response.status < 200) {
      if (!this.outcome.onProvisional(sent, response)) return;
    } else {
      sent.isFinal = true;
      this.outcome.onFinal(sent, response, received);
    }
    if (sent.dialog !== undefined) this.context.dialogs.note(sent.dialog);
    this.context.kept.note(sent);
    this.context.events.onResponse(sent, response, trail);
    if (sent.isInvite && response.status >= 200 && response.status < 300) this.afterAnswer(sent);
    if (response.status >= 200) sent.onFinal(response);
  }

  /** What a 2xx still needs after the application was told. */
  afterAnswer(sent: SentRequest): void {
    const { dialog } = sent;
    const invite = dialog?.latestInvite;
    if (dialog === undefined || invite?.sent !== sent) return;
    if (dialog.state === 'ended') this.acknowledgements.ensure(dialog);
    else if (sent.isAbandoned) this.settle(dialog, sent, 'nobody waits for the answer');
    else if (sent.isCancelled && sent.isInitial) {
      invite.endsAfterAck = 'cancelled';
      after(this.context.ackGraceMs, () => this.acknowledgements.ensure(dialog));
    }
  }
}
