/** Header fields that hold credentials, what proves their knowledge, or what they are made from. */
const secretHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'www-authenticate',
  'proxy-authenticate',
  'authentication-info',
]);

const hidden = '(hidden)';

/** A header's value as it may be shown. */
export function shownValue(name: string, value: string): string {
  return secretHeaders.has(name.toLowerCase()) ? hidden : withoutPasswords(value);
}

/** A line of a body as it may be shown: media keys of SDP (RFC 4568) are secrets. */
export function shownBodyLine(line: string): string {
  return line.replace(/\binline:\S+/gi, `inline:${hidden}`);
}

/** Text with the passwords of its SIP URIs hidden (RFC 3261 section 19.1.1 has them in clear). */
export function withoutPasswords(text: string): string {
  return text.replace(/(\bsips?:[^\s:@<>]*):[^\s@<>]*@/gi, `$1:${hidden}@`);
}
