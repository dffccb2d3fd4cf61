import type { SipHeaders } from './headers';

/** What a PRACK acknowledges (RFC 3262 section 7.2). */
export interface RAck {
  /** RSeq of the response. */
  rseq: number;
  /** CSeq number of the request that it answers. */
  cseq: number;
  method: string;
}

/** Option tag of RFC 3262. */
export const reliableOption = '100rel';

/** True when the option tag is in Supported or, all the more, in Require. */
export function takesReliable(headers: SipHeaders): boolean {
  return headers.values('Supported').some(isReliable) || requiresReliable(headers);
}

export function requiresReliable(headers: SipHeaders): boolean {
  return headers.values('Require').some(isReliable);
}

/** Adds the option tag to Require once. */
export function requireReliable(headers: SipHeaders): void {
  if (!requiresReliable(headers)) headers.append('Require', reliableOption);
}

/** RSeq (RFC 3262 section 7.1); undefined when it is missing or no number. */
export function rseqOf(headers: SipHeaders): number | undefined {
  const text = headers.get('RSeq') ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** @returns undefined when the header is missing or malformed */
export function rackOf(headers: SipHeaders): RAck | undefined {
  const match = /^(\d{1,10})\s+(\d{1,10})\s+(\S+)/.exec(headers.get('RAck') ?? '');
  return match === null ? undefined : { rseq: Number(match[1]), cseq: Number(match[2]), method: match[3] ?? '' };
}

function isReliable(option: string): boolean {
  return option.toLowerCase() === reliableOption;
}
