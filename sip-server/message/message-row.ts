import { SipHeaders } from './headers';
import type { SipRequest, SipResponse } from './message';

interface MessageRow {
  headers: (readonly [string, string])[];
  /** One character a byte. */
  body: string;
}

/** A request as plain data. What is made of it again serializes to the same bytes. */
export interface RequestRow extends MessageRow {
  method: string;
  uri: string;
}

/** A response as plain data. */
export interface ResponseRow extends MessageRow {
  status: number;
  reason: string;
}

export function rowOfRequest({ method, uri, headers, body }: SipRequest): RequestRow {
  return { method, uri, headers: [...headers.entries()], body: body.toString('latin1') };
}

export function requestOfRow({ method, uri, headers, body }: RequestRow): SipRequest {
  return { kind: 'request', method, uri, headers: SipHeaders.from(headers), body: Buffer.from(body, 'latin1') };
}

export function rowOfResponse({ status, reason, headers, body }: SipResponse): ResponseRow {
  return { status, reason, headers: [...headers.entries()], body: body.toString('latin1') };
}

export function responseOfRow({ status, reason, headers, body }: ResponseRow): SipResponse {
  return { kind: 'response', status, reason, headers: SipHeaders.from(headers), body: Buffer.from(body, 'latin1') };
}
