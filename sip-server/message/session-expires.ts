import type { SipHeaders } from './headers';
import { parseParams } from './params';

/** Who refreshes the session: the sender of the request that the header is in or answers, or its receiver. */
export type Refresher = 'uac' | 'uas';

/** Session-Expires (RFC 4028 section 4). */
export interface SessionExpires {
  /** The session interval in seconds. */
  intervalS: number;
  refresher: Refresher | undefined;
}

/** Option tag of RFC 4028. */
export const timerOption = 'timer';

/** @returns undefined when the header is missing or has no number */
export function sessionExpiresOf(headers: SipHeaders): SessionExpires | undefined {
  const [seconds = '', ...params] = (headers.get('Session-Expires') ?? '').split(';');
  const intervalS = deltaSeconds(seconds);
  if (intervalS === undefined) return undefined;
  const refresher = parseParams(params.join(';')).get('refresher')?.toLowerCase();
  return { intervalS, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
}

export function formatSessionExpires({ intervalS, refresher }: SessionExpires): string {
  return refresher === undefined ? String(intervalS) : `${intervalS};refresher=${refresher}`;
}

/** Min-SE in seconds (RFC 4028 section 5); 0 when the header is missing. */
export function minSessionExpiresOf(headers: SipHeaders): number {
  return deltaSeconds((headers.get('Min-SE') ?? '').split(';')[0] ?? '') ?? 0;
}

/** True when the option tag is in Supported or, all the more, in Require. */
export function supportsTimer(headers: SipHeaders): boolean {
  return [...headers.values('Supported'), ...headers.values('Require')].some(isTimer);
}

export function requiresTimer(headers: SipHeaders): boolean {
  return headers.values('Require').some(isTimer);
}

/** Adds the option tag to Supported unless it is there. */
export function addTimerSupport(headers: SipHeaders): void {
  const supported = headers.values('Supported');
  if (!supported.some(isTimer)) headers.set('Supported', [...supported, timerOption].join(', '));
}

function isTimer(option: string): boolean {
  return option.toLowerCase() === timerOption;
}

function deltaSeconds(text: string): number | undefined {
  const match = /^\s*(\d{1,10})\s*$/.exec(text);
  return match === null ? undefined : Number(match[1]);
}
