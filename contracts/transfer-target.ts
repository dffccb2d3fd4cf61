import { hasLineBreak } from './header-policy';
import type { TargetPattern } from './target-patterns';
import { matchesTarget } from './target-patterns';

/** Which targets may be called. Deny goes before allow. */
export interface TargetRules {
  /** One of these must match; absent: any target. */
  allowTargets?: readonly TargetPattern[];
  /** None of these may match. */
  denyTargets?: readonly TargetPattern[];
}

/** The rules of a trunk, and of the bot channel whose call it is: a target must pass both. */
export interface TargetPolicy extends TargetRules {
  /** `host[:port]` for numbers; absent: they stay numbers, as `tel:` URIs. */
  host?: string;
  /** Numbers stay `tel:` URIs whether or not there is a host. */
  preserveTelUri?: boolean;
  allowTargets: readonly TargetPattern[];
  /** Default: `DENIED_BY_DEFAULT`. */
  denyTargets?: readonly TargetPattern[];
  channel?: TargetRules;
}

/** The policy that a call goes by. */
export function targetPolicyOf({ trunk, channel }: { trunk: TargetPolicy; channel: TargetRules }): TargetPolicy {
  const { allowTargets, denyTargets } = channel;
  const ofChannel = { ...(allowTargets ? { allowTargets } : {}), ...(denyTargets ? { denyTargets } : {}) };
  return { ...trunk, channel: ofChannel };
}

/** What a trunk denies unless it says otherwise. */
export const DENIED_BY_DEFAULT: readonly TargetPattern[] = ['emergency', 'premium'];

/** `isDenied`: a target as it should be, which the rules forbid. */
export type TargetReading = { target: string } | { fault: string; isDenied?: true };

/**
 * RFC 3261 section 19.1 without headers. User and parameters are printable ASCII without `" < > ? @`: a second `@` would let two parsers
 * disagree on which host is meant.
 */
const SIP_URI =
  /^sips?:(?:[!#-;=A-~]+@)?(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::(?<port>\d{1,5}))?(?:;[!#-;=A-~]*)?$/i;
/** `maddr` sends the request to another host, `method` makes it another request (RFC 3261 section 19.1.1). */
const DIVERTING = /;(?:maddr|method)\s*=/i;
const MAX_PORT = 65_535;
const NUMBER = /^\+?[0-9*#][0-9*#().\-\s]*$/;
/** RFC 3966 section 3. */
const TEL_PARAMETER = /^[A-Za-z0-9-]+(?:=[A-Za-z0-9\-_.!~*'()[\]/:&+$%]+)?$/;
const SEPARATORS = /[().\-\s]/g;

/**
 * Reads a bot's `transferTarget`: a `sip:` URI, a `tel:` URI or a bare number. Numbers become `sip:<number>@<trunk host>`, or `tel:<number>` on
 * a trunk that has no host or preserves them. The rules are held against what is dialled.
 * URI headers are refused: they would set header fields past the header rules.
 */
export function readTarget(text: string, policy: TargetPolicy): TargetReading {
  const trimmed = text.trim();
  if (trimmed === '') return { fault: 'is empty' };
  if (hasLineBreak(trimmed)) return { fault: 'contains CR, LF or NUL' };
  const reading = asSipUri(trimmed, policy);
  if ('fault' in reading) return reading;
  const dialled = dialledUri(reading.target, policy.host) ?? reading.target;
  const denial =
    denialOf(dialled, { denyTargets: DENIED_BY_DEFAULT, ...policy }, 'trunk') ??
    denialOf(dialled, policy.channel ?? {}, 'channel');
  return denial === undefined ? reading : { fault: denial, isDenied: true };
}

/** @returns the `sip:` URI that a target is called by; undefined for a number without a host to send it to */
export function dialledUri(target: string, host: string | undefined): string | undefined {
  const number = /^tel:([^;]+)/i.exec(target)?.[1];
  if (number === undefined) return target;
  return host === undefined ? undefined : `sip:${number}@${host}`;
}

function denialOf(
  target: string,
  { allowTargets, denyTargets = [] }: TargetRules,
  owner: 'trunk' | 'channel'
): string | undefined {
  const denying = denyTargets.find((pattern) => matchesTarget(pattern, target));
  if (denying !== undefined) return `${target} is denied by "${denying}" of the ${owner}'s denyTargets`;
  if (allowTargets?.some((pattern) => matchesTarget(pattern, target)) ?? true) return undefined;
  return `${target} is not allowed by the ${owner}'s allowTargets`;
}

function asSipUri(text: string, policy: TargetPolicy): TargetReading {
  if (/^sips?:/i.test(text)) {
    if (text.includes('?')) return { fault: 'has URI headers; use transferSipHeaders' };
    if (DIVERTING.test(text))
      return { fault: 'has a parameter maddr or method, which leads elsewhere than the URI says' };
    return isSipUri(text) ? { target: text } : { fault: 'is not a SIP URI (RFC 3261 section 19.1)' };
  }
  const [number = '', ...parameters] = text.replace(/^tel:/i, '').split(';');
  if (!NUMBER.test(number)) return { fault: 'is neither a sip: or sips: URI nor a tel: URI nor a number' };
  if (parameters.some((parameter) => /^phone-context=/i.test(parameter)))
    return { fault: 'is a local number; give it in E.164 form' };
  // `#` may not stand in a URI as it is (RFC 3261 section 25.1, `user`).
  const tel = `tel:${number.replace(SEPARATORS, '').replaceAll('#', '%23')}`;
  if (policy.preserveTelUri !== true) return { target: dialledUri(tel, policy.host) ?? tel };
  const fault = parameters.find((parameter) => !TEL_PARAMETER.test(parameter));
  return fault === undefined ? { target: [tel, ...parameters].join(';') } : { fault: 'is not a tel: URI (RFC 3966)' };
}

/** True for a `sip:` or `sips:` URI without headers. */
export function isSipUri(text: string): boolean {
  const match = SIP_URI.exec(text);
  return match !== null && Number(match.groups?.port ?? 0) <= MAX_PORT;
}
