import type { SipHeaders } from './headers';

/** A SIP request (RFC 3261 section 7.1). `uri` is the Request-URI as text. */
export interface SipRequest {
  readonly kind: 'request';
  method: string;
  uri: string;
  headers: SipHeaders;
  body: Buffer;
}

/** A SIP response (RFC 3261 section 7.2). */
export interface SipResponse {
  readonly kind: 'response';
  status: number;
  reason: string;
  headers: SipHeaders;
  body: Buffer;
}

export type SipMessage = SipRequest | SipResponse;
