import { now } from '../clock';
import type { SessionTerms } from './session-terms';

/** What comes due in a session: the refresh is ours and its time has come, or no refresh came in time. */
export type SessionDue = 'refresh' | 'expire';

/** How a session timer stands, as plain data; times in milliseconds since the epoch. */
export interface SessionTimerState {
  isEnabled: boolean;
  peerMinimumS: number;
  terms?: SessionTerms | undefined;
  refreshAt?: number | undefined;
  expiresAt?: number | undefined;
}

/** RFC 4028 section 10: who waits for a refresh in vain ends the session this long before it expires, or a third of the interval. */
const longestMarginMs = 32_000;

/** Our refreshes come up to this much early, so that calls which began together do not refresh together. */
const longestJitterMs = 5000;

/** The session timer of one dialog (RFC 4028): it knows when something is due, and leaves the waiting to others. */
export class SessionTimer {
  /** The application, or a peer's `Require: timer`, wants session timers in this dialog. */
  isEnabled = false;
  /** The peer's Min-SE in seconds; 0 while it named none. */
  peerMinimumS = 0;
  /** Undefined while the session has no timer. */
  terms: SessionTerms | undefined;
  refreshAt: number | undefined;
  expiresAt: number | undefined;
  /** What waits for the end of a refresh; undefined when none is under way. */
  private waiting: (() => void)[] | undefined;

  get state(): SessionTimerState {
    const { isEnabled, peerMinimumS, terms, refreshAt, expiresAt } = this;
    return { isEnabled, peerMinimumS, terms, refreshAt, expiresAt };
  }

  set state({ isEnabled, peerMinimumS, terms, refreshAt, expiresAt }: SessionTimerState) {
    Object.assign(this, { isEnabled, peerMinimumS, terms, refreshAt, expiresAt });
  }

  /** When something is due next, in milliseconds since the epoch. */
  get dueAt(): number | undefined {
    return dueOf(this);
  }

  /** @returns what is due now; it will not be due again */
  takeDue(): SessionDue | undefined {
    const time = now();
    if (this.terms?.isShared === true && time >= (this.expiresAt ?? Infinity)) {
      this.stop();
      return 'expire';
    }
    if (time < (this.refreshAt ?? Infinity)) return undefined;
    this.refreshAt = undefined;
    return 'refresh';
  }

  /** Sets the clock anew: an INVITE or UPDATE in either direction succeeded. Without terms the session has no timer. */
  start(terms: SessionTerms | undefined): void {
    this.stop();
    this.terms = terms;
    if (terms === undefined) return;
    const intervalMs = terms.intervalS * 1000;
    const marginMs = terms.isOurRefresh ? 0 : Math.min(longestMarginMs, intervalMs / 3);
    this.expiresAt = now() + intervalMs - marginMs;
    if (terms.isOurRefresh) {
      this.refreshIn(intervalMs / 2 - Math.random() * Math.min(longestJitterMs, intervalMs / 10));
    }
  }

  /** Starts over with the same terms: the peer has shown that it lives. */
  restart(): void {
    this.start(this.terms);
  }

  /** Asks for a refresh later. */
  refreshIn(delayMs: number): void {
    this.refreshAt = now() + delayMs;
  }

  /** Asks for another refresh, at half of the time that is left, or later when the peer says so. */
  retry(notBeforeMs: number): void {
    const shortestMs = (this.terms?.intervalS ?? 0) * 50;
    this.refreshIn(Math.max(notBeforeMs, shortestMs, ((this.expiresAt ?? 0) - now()) / 2));
  }

  stop(): void {
    this.refreshAt = undefined;
    this.expiresAt = undefined;
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

/** When something of a session is due next, in milliseconds since the epoch. A session that is not shared does not expire. */
export function dueOf({ terms, refreshAt, expiresAt }: SessionTimerState): number | undefined {
  const due = Math.min(refreshAt ?? Infinity, (terms?.isShared === true ? expiresAt : undefined) ?? Infinity);
  return due === Infinity ? undefined : due;
}
