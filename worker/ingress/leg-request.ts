import type { Log } from '../../activities/log';
import type { IncomingRequest, SipPort } from '../../activities/sip/port';
import type { CallId, LegName } from '../../contracts/ids';
import type { RequestKey } from '../../contracts/leg';
import type { CallGateway } from './call-gateway';

export interface InDialogParts {
  gateway: CallGateway;
  port: SipPort;
  log: Log;
}

/** A peer's request and the leg it belongs to. */
export interface LegRequest {
  request: IncomingRequest;
  callId: CallId;
  leg: LegName;
}

/** @returns what a repeated delivery of the request is known by */
export function keyOf({ method, fromTag, cseq }: IncomingRequest): RequestKey {
  return { method, remoteTag: fromTag, cseq };
}
