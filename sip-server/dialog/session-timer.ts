import type { SessionTerms } from './session-terms';
import { after } from './timer';

/** What comes due in a session. */
export interface SessionEvents {
  /** The refresh is ours and its time has come. */
  refresh(): void;
  /** No refresh came in time. */
  expire(): void;
}

/** RFC 4028 section 10: who waits for a refresh in vain ends the session this long before it expires, or a third of the interval. */
const longestMarginMs = 32_000;

/** Our refreshes come up to this much early, so that calls which began together do not refresh together. */
const longestJitterMs = 5000;

const longestDelayMs = 2 ** 31 - 1;

/** The session timer of one dialog (RFC 4028). */
export class SessionTimer {
  /** The application, or a peer's `Require: timer`, wants session timers in this dialog. */
  isEnabled = false;
  /** The peer's Min-SE in seconds; 0 while it named none. */
  peerMinimumS = 0;
  /** Undefined while the session has no timer. */
  terms: SessionTerms | undefined;
  private events: SessionEvents | undefined;
  private refreshing: NodeJS.Timeout | undefined;
  private expiring: NodeJS.Timeout | undefined;
  private expiresAt = 0;
  /** What waits for the end of a refresh; undefined when none is under way. */
  private waiting: (() => void)[] | undefined;

  /** Sets the clock anew: an INVITE or UPDATE in either direction succeeded. Without terms the session has no timer. */
  start(terms: SessionTerms | undefined, events: SessionEvents): void {
    this.stop();
    this.terms = terms;
    this.events = events;
    if (terms === undefined) return;
    const intervalMs = terms.intervalS * 1000;
    const marginMs = terms.isOurRefresh ? 0 : Math.min(longestMarginMs, intervalMs / 3);
    this.expiresAt = Date.now() + intervalMs - marginMs;
    if (terms.isShared) this.expiring = delay(intervalMs - marginMs, () => events.expire());
    if (terms.isOurRefresh) {
      this.refreshIn(intervalMs / 2 - Math.random() * Math.min(longestJitterMs, intervalMs / 10));
    }
  }

  /** Starts over with the same terms: the peer has shown that it lives. */
  restart(): void {
    if (this.events !== undefined) this.start(this.terms, this.events);
  }

  /** Asks for a refresh later. */
  refreshIn(delayMs: number): void {
    clearTimeout(this.refreshing);
    this.refreshing = delay(delayMs, () => this.events?.refresh());
  }

  /** Asks for another refresh, at half of the time that is left, or later when the peer says so. */
  retry(notBeforeMs: number): void {
    const shortestMs = (this.terms?.intervalS ?? 0) * 50;
    this.refreshIn(Math.max(notBeforeMs, shortestMs, (this.expiresAt - Date.now()) / 2));
  }

  stop(): void {
    clearTimeout(this.refreshing);
    clearTimeout(this.expiring);
  }

  get isRefreshing(): boolean {
    return this.waiting !== undefined;
  }

  /** A refresh of ours is on its way: what would collide with it waits. */
  beginRefresh(): void {
    this.waiting ??= [];
  }

  /** Runs `send` once no refresh is on its way. */
  whenRefreshed(send: () => void): void {
    if (this.waiting === undefined) send();
    else this.waiting.push(send);
  }

  endRefresh(): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    for (const send of waiting) send();
  }
}

function delay(ms: number, run: () => void): NodeJS.Timeout {
  return after(Math.min(ms, longestDelayMs), run);
}
