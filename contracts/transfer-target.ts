import { hasLineBreak } from './header-policy';

/** What a trunk allows and where its `tel:` targets go. */
export interface TargetPolicy {
  /** `host[:port]` for `tel:` targets. */
  host?: string;
  /** Regular expressions, one of which must match the target's `sip:` URI. */
  allowTargets: readonly string[];
}

export type TargetReading = { target: string } | { fault: string };

/**
 * RFC 3261 section 19.1 without headers. User and parameters are printable ASCII without `" < > ? @`: a second `@` would let two parsers
 * disagree on which host is meant.
 */
const SIP_URI =
  /^sips?:(?:[!#-;=A-~]+@)?(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::(?<port>\d{1,5}))?(?:;[!#-;=A-~]*)?$/i;
const MAX_PORT = 65_535;
const NUMBER = /^\+?[0-9*#][0-9*#().\-\s]*$/;
const SEPARATORS = /[().\-\s]/g;

/**
 * Reads a bot's `transferTarget`: a `sip:` URI, a `tel:` URI or a bare number. Numbers become `sip:<number>@<trunk host>`.
 * URI headers are refused: they would set header fields past the header rules.
 */
export function readTarget(text: string, policy: TargetPolicy): TargetReading {
  const trimmed = text.trim();
  if (trimmed === '') return { fault: 'is empty' };
  if (hasLineBreak(trimmed)) return { fault: 'contains CR, LF or NUL' };
  const reading = asSipUri(trimmed, policy);
  if ('fault' in reading) return reading;
  if (!policy.allowTargets.some((pattern) => new RegExp(pattern, 'i').test(reading.target)))
    return { fault: `${reading.target} is not allowed by the trunk's allowTargets` };
  return reading;
}

function asSipUri(text: string, policy: TargetPolicy): TargetReading {
  if (/^sips?:/i.test(text)) {
    if (text.includes('?')) return { fault: 'has URI headers; use transferSipHeaders' };
    return isSipUri(text) ? { target: text } : { fault: 'is not a SIP URI (RFC 3261 section 19.1)' };
  }
  const [number = '', ...parameters] = text.replace(/^tel:/i, '').split(';');
  if (!NUMBER.test(number)) return { fault: 'is neither a sip: or sips: URI nor a tel: URI nor a number' };
  if (parameters.some((parameter) => /^phone-context=/i.test(parameter)))
    return { fault: 'is a local number; give it in E.164 form' };
  if (policy.host === undefined) return { fault: 'is a number, but the trunk has no host to send numbers to' };
  // `#` may not stand in a URI as it is (RFC 3261 section 25.1, `user`).
  return { target: `sip:${number.replace(SEPARATORS, '').replaceAll('#', '%23')}@${policy.host}` };
}

function isSipUri(text: string): boolean {
  const match = SIP_URI.exec(text);
  return match !== null && Number(match.groups?.port ?? 0) <= MAX_PORT;
}
