import type { SipHeaderField } from '../../contracts/transfer';

/**
 * `Refer-To` (RFC 3515 section 2.1) with the header fields that the transfer target's INVITE is to carry as URI headers. Names and values are
 * percent-encoded as RFC 3261 section 19.1.1 asks: all but unreserved characters.
 */
export function referTo(target: string, headers: readonly SipHeaderField[]): string {
  const query = headers.map(({ name, value }) => `${encode(name)}=${encode(value)}`).join('&');
  return `<${target}${query === '' ? '' : `?${query}`}>`;
}

/** `Referred-By` (RFC 3892 section 3). */
export function referredBy(uri: string): string {
  return `<${uri}>`;
}

/** `encodeURIComponent` leaves exactly RFC 3261's unreserved characters; lone surrogates, which it cannot encode, are replaced. */
function encode(text: string): string {
  return encodeURIComponent(
    text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
  );
}
