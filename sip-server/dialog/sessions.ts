import type { Logger } from 'pino';
import { SipHeaders } from '../message/headers';
import type { SipRequest, SipResponse } from '../message/message';
import { minSessionExpiresOf, requiresTimer } from '../message/session-expires';
import type { Sender } from './client-context';
import type { Dialog } from './dialog';
import type { RequestDraft } from './in-dialog-request';
import type { SentRequest } from './sent-request';
import { isSameSession, sdpOf } from './session-description';
import { agreeByAnswer, agreeByResponse, asksForTimer, isIntervalTooSmall, proposeTerms } from './session-terms';
import type { SessionTerms } from './session-terms';

export interface SessionsContext {
  /** Our Min-SE, in seconds. */
  minSessionExpiresS: number;
  sendInDialog(dialog: Dialog, draft: RequestDraft, sender: Sender): void;
  /** The dialog's session changed. */
  note(dialog: Dialog): void;
  /** Acknowledges the 2xx to the dialog's last INVITE. */
  acknowledge(dialog: Dialog): void;
  /** Ends a dialog by BYE. */
  endByServer(dialog: Dialog, reason: string): void;
  log: Logger;
}

/** A refresh that would disturb an exchange under way is tried again after this time, or a tenth of the interval. */
const longestBusyMs = 2000;

/** Methods that refresh a session when they succeed (RFC 4028 section 1). */
const refreshMethods = new Set(['INVITE', 'UPDATE']);

/** Session timers of all dialogs (RFC 4028): what both sides agree on, refreshes of ours, and the end of a session that nobody refreshed. */
export class Sessions {
  constructor(private readonly context: SessionsContext) {}

  /** The headers of a 422 when a peer's session interval is too small. */
  tooSmall({ method, headers }: SipRequest): (readonly [string, string])[] | undefined {
    const { minSessionExpiresS } = this.context;
    const isRefused = refreshMethods.has(method) && isIntervalTooSmall(headers, minSessionExpiresS);
    return isRefused ? [['Min-SE', String(minSessionExpiresS)]] : undefined;
  }

  /** Completes a request of ours outside of dialogs, whose dialog does not exist yet. */
  proposeInitial({ method, headers }: SipRequest): void {
    if (method === 'INVITE' && asksForTimer(headers)) proposeTerms(headers, undefined, this.context.minSessionExpiresS);
  }

  /** Completes a request of ours in a dialog. */
  propose(dialog: Dialog, { method, headers }: SipRequest): void {
    const { session } = dialog;
    if (!refreshMethods.has(method)) return;
    session.isEnabled ||= asksForTimer(headers);
    if (session.isEnabled) proposeTerms(headers, session.terms, this.minimumFor(dialog));
  }

  /** Completes our response to a peer's request; `begin` follows once it is sent. */
  answer(dialog: Dialog, request: SipRequest, response: SipResponse): SessionTerms | undefined {
    const { session } = dialog;
    if (!isRefresh(request, response)) return undefined;
    session.isEnabled ||= asksForTimer(response.headers) || requiresTimer(request.headers);
    if (!session.isEnabled) return undefined;
    session.peerMinimumS = Math.max(session.peerMinimumS, minSessionExpiresOf(request.headers));
    return agreeByAnswer(request.headers, response.headers, session.terms, this.context.minSessionExpiresS);
  }

  /** Takes over what a 2xx to a request of ours says. */
  onResponse(dialog: Dialog, request: SipRequest, response: SipResponse): void {
    const { session } = dialog;
    if (!isRefresh(request, response)) return;
    session.isEnabled ||= asksForTimer(request.headers);
    const minimumS = this.context.minSessionExpiresS;
    this.begin(dialog, agreeByResponse(request.headers, response.headers, session.terms, minimumS));
  }

  /** Starts the timer of a session that was set up or refreshed. */
  begin(dialog: Dialog, terms: SessionTerms | undefined): void {
    dialog.session.start(terms);
    this.context.note(dialog);
  }

  /** The time has come that the dialog's session named. */
  onDue(dialog: Dialog): void {
    const due = dialog.session.takeDue();
    if (due === 'refresh') this.refresh(dialog);
    else if (due === 'expire') this.end(dialog, 'session timer expired');
    this.context.note(dialog);
  }

  private refresh(dialog: Dialog): void {
    const { session } = dialog;
    if (dialog.state !== 'confirmed' || session.terms === undefined) return;
    if (dialog.isBusy || session.isRefreshing) {
      session.refreshIn(Math.min(longestBusyMs, session.terms.intervalS * 100));
      return;
    }
    const remoteSdp = dialog.remoteSdp;
    session.beginRefresh();
    this.context.sendInDialog(dialog, refreshDraft(dialog), {
      owner: undefined,
      effectId: undefined,
      isRefresh: true,
      onSent: ({ method }) => this.context.log.debug({ callId: dialog.callId, method }, 'session refresh sent'),
      onRefused: () => {
        session.endRefresh();
        session.retry(0);
        this.context.note(dialog);
      },
      onFinal: (response, request) => this.onOutcome(dialog, request, response, remoteSdp),
    });
  }

  /** Goes on with a refresh that an earlier process sent. */
  resumeRefresh(dialog: Dialog, sent: SentRequest): void {
    const { remoteSdp } = dialog;
    dialog.session.beginRefresh();
    sent.onFinal = (response) => this.onOutcome(dialog, sent.request, response, remoteSdp);
  }

  private onOutcome(dialog: Dialog, request: SipRequest, response: SipResponse, remoteSdp: Buffer | undefined): void {
    const { callId, session } = dialog;
    const { status } = response;
    if (request.method === 'INVITE' && status < 300) {
      this.context.acknowledge(dialog);
      if (!isSameSession(sdpOf(response), remoteSdp)) {
        this.context.log.warn(
          { callId },
          'the answer to a session refresh describes another session; it is left aside'
        );
      }
    }
    session.endRefresh();
    if (status < 300 || dialog.state !== 'confirmed') return;
    this.context.log.info({ callId, method: request.method, status }, 'session refresh failed');
    this.onFailure(dialog, request, response);
    this.context.note(dialog);
  }

  /** RFC 4028 section 10: 408 and 481 end the session, after other failures the refresh is tried again until it expires. */
  private onFailure(dialog: Dialog, request: SipRequest, { status, headers }: SipResponse): void {
    const { session } = dialog;
    const demandedS = minSessionExpiresOf(headers);
    if (status === 408 || status === 481) this.end(dialog, 'session refresh failed');
    else if (status === 422 && demandedS > this.minimumFor(dialog)) {
      session.peerMinimumS = demandedS;
      this.refresh(dialog);
    } else if (status === 491) session.refreshIn(glareDelayMs(dialog));
    else if (request.method === 'UPDATE' && isMethodUnknown(status) && dialog.localSdp !== undefined) {
      dialog.peerTakesUpdate = false;
      this.refresh(dialog);
    } else if (session.terms?.isShared === false) session.restart();
    else session.retry(Number.parseInt(headers.get('Retry-After') ?? '0', 10) * 1000 || 0);
  }

  private end(dialog: Dialog, reason: string): void {
    this.context.log.warn({ callId: dialog.callId, reason }, 'session ended by the server');
    this.context.endByServer(dialog, reason);
  }

  private minimumFor({ session }: Dialog): number {
    return Math.max(session.peerMinimumS, this.context.minSessionExpiresS);
  }
}

/** A refresh is an UPDATE without offer where the peer takes it, else an INVITE with our last description unchanged (section 7.4). */
function refreshDraft({ peerTakesUpdate, localSdp }: Dialog): RequestDraft {
  if (peerTakesUpdate || localSdp === undefined) {
    return { method: 'UPDATE', headers: new SipHeaders(), body: Buffer.alloc(0) };
  }
  return { method: 'INVITE', headers: SipHeaders.from([['Content-Type', 'application/sdp']]), body: localSdp };
}

function isRefresh({ method }: SipRequest, { status }: SipResponse): boolean {
  return refreshMethods.has(method) && status >= 200 && status < 300;
}

function isMethodUnknown(status: number): boolean {
  return status === 405 || status === 501;
}

/** RFC 3261 section 14.1: who made the Call-ID waits longer, in steps of 10 ms, so that the two do not collide again. */
function glareDelayMs({ role }: Dialog): number {
  const [shortestMs, longestMs] = role === 'uac' ? [2100, 4000] : [0, 2000];
  return shortestMs + Math.round((Math.random() * (longestMs - shortestMs)) / 10) * 10;
}
