import type { SendReferInput } from '../../contracts/activities-sip';
import type { SipHeaderField } from '../../contracts/transfer';
import { dialledUri } from '../../contracts/transfer-target';
import { TRANSFER_TOKEN_HEADER, TRANSFER_TOKEN_PARAMETER } from '../../contracts/transfer-token';

type Target = Pick<SendReferInput, 'target' | 'headers' | 'referredBy' | 'preservesTel' | 'token'>;

/**
 * `Refer-To` and `Referred-By`. A number goes as a `sip:` URI at our own address, so that the peer's call to it comes to us, or as the `tel:`
 * URI that it is, which has no room for header fields (RFC 3966).
 */
export function targetHeaders(input: Target, ownAddress: string): Record<'Refer-To' | 'Referred-By', string> {
  const { target, headers, preservesTel, token } = input;
  const by = referredBy(withToken(input.referredBy, token));
  if (preservesTel === true && /^tel:/i.test(target)) return { 'Refer-To': referTo(target, []), 'Referred-By': by };
  const own = token === undefined ? [] : [{ name: TRANSFER_TOKEN_HEADER, value: token }];
  return { 'Refer-To': referTo(dialledUri(target, ownAddress) ?? target, [...headers, ...own]), 'Referred-By': by };
}

function withToken(uri: string, token: string | undefined): string {
  return token === undefined || uri.includes('?') ? uri : `${uri};${TRANSFER_TOKEN_PARAMETER}=${token}`;
}

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
