import type { SipHeaders } from '../message/headers';
import {
  addTimerSupport,
  formatSessionExpires,
  minSessionExpiresOf,
  requiresTimer,
  sessionExpiresOf,
  supportsTimer,
  timerOption,
} from '../message/session-expires';
import type { Refresher } from '../message/session-expires';

/** How a dialog's session is kept alive (RFC 4028). */
export interface SessionTerms {
  /** The session interval in seconds. */
  intervalS: number;
  /** True when the refreshes are ours to send. */
  isOurRefresh: boolean;
  /** False when the peer knows no session timer: we refresh to see whether it lives, and nothing expires. */
  isShared: boolean;
}

/** True when a request's session interval is too small for us and its sender understands a 422 (RFC 4028 section 9). */
export function isIntervalTooSmall(request: SipHeaders, minimumS: number): boolean {
  const asked = sessionExpiresOf(request);
  return asked !== undefined && asked.intervalS < minimumS && supportsTimer(request);
}

/** True when an application asks for a session timer: by Session-Expires, or leaving the interval to the peer by `Supported: timer`. */
export function asksForTimer(headers: SipHeaders): boolean {
  return sessionExpiresOf(headers) !== undefined || supportsTimer(headers);
}

/**
 * Settles the terms in our 2xx to an INVITE or UPDATE of a dialog that uses session timers, and completes its headers (RFC 4028 section 9).
 * @param answer with the interval and refresher that the application wants, if any
 * @param current the terms so far, in a dialog that has some
 * @param minimumS our Min-SE, in seconds
 * @returns undefined when neither side wants a timer
 */
export function agreeByAnswer(
  request: SipHeaders,
  answer: SipHeaders,
  current: SessionTerms | undefined,
  minimumS: number
): SessionTerms | undefined {
  const wanted = sessionExpiresOf(answer);
  answer.delete('Session-Expires');
  answer.delete('Min-SE');
  addTimerSupport(answer);
  const isShared = supportsTimer(request);
  const asked = askedIn(request, minimumS);
  const ours = wanted?.intervalS ?? current?.intervalS;
  if (asked === undefined && ours === undefined) return undefined;
  const floorS = Math.max(minimumS, minSessionExpiresOf(request));
  const shorterS = Math.max(floorS, Math.min(ours ?? Infinity, asked?.intervalS ?? Infinity));
  // The answer may lower the peer's interval but not raise it.
  const intervalS = Math.min(shorterS, asked?.intervalS ?? Infinity);
  const refresher = isShared ? (asked?.refresher ?? wanted?.refresher ?? refresherNow(current)) : 'uas';
  if (isShared || asked !== undefined) {
    answer.append('Session-Expires', formatSessionExpires({ intervalS, refresher }));
  }
  if (isShared && refresher === 'uac' && !requiresTimer(answer)) answer.append('Require', timerOption);
  return { intervalS, isOurRefresh: refresher === 'uas', isShared };
}

/**
 * Reads the terms from a 2xx to our INVITE or UPDATE (RFC 4028 section 7.2). Without Session-Expires the peer knows no timer; if we wanted
 * one, we refresh on our own account.
 * @returns undefined when the session has no timer
 */
export function agreeByResponse(
  request: SipHeaders,
  response: SipHeaders,
  current: SessionTerms | undefined,
  minimumS: number
): SessionTerms | undefined {
  const given = sessionExpiresOf(response);
  if (given !== undefined) {
    const intervalS = Math.max(given.intervalS, minimumS);
    return { intervalS, isOurRefresh: given.refresher !== 'uas', isShared: true };
  }
  const intervalS = sessionExpiresOf(request)?.intervalS ?? current?.intervalS;
  return intervalS === undefined ? undefined : { intervalS, isOurRefresh: true, isShared: false };
}

/**
 * Completes an INVITE or UPDATE of ours in a dialog that uses session timers: with what the application asks for, else with the terms of the
 * dialog (RFC 4028 sections 7.1 and 7.4), since a request without them would switch the peer's timer off.
 */
export function proposeTerms(request: SipHeaders, current: SessionTerms | undefined, minimumS: number): void {
  const kept = current && { intervalS: current.intervalS, refresher: refresherOf(current) };
  const wanted = sessionExpiresOf(request) ?? kept;
  addTimerSupport(request);
  if (wanted === undefined) return;
  const intervalS = Math.max(wanted.intervalS, minimumS, minSessionExpiresOf(request));
  request.set('Session-Expires', formatSessionExpires({ ...wanted, intervalS }));
  if (current !== undefined && !request.has('Min-SE')) request.append('Min-SE', String(minimumS));
}

/** The peer's wish; one below our minimum whose sender knows no 422 comes from a proxy and counts as none. */
function askedIn(request: SipHeaders, minimumS: number): ReturnType<typeof sessionExpiresOf> {
  const asked = sessionExpiresOf(request);
  return asked !== undefined && asked.intervalS >= minimumS ? asked : undefined;
}

/** The refresher in a request of ours that leaves the roles as they are. */
function refresherOf({ isOurRefresh }: SessionTerms): Refresher {
  return isOurRefresh ? 'uac' : 'uas';
}

/** The refresher in an answer of ours that leaves the roles as they are; at first it is us. */
function refresherNow(current: SessionTerms | undefined): Refresher {
  return current?.isOurRefresh === false ? 'uac' : 'uas';
}
