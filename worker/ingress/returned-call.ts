import type { IncomingRequest, SipPort } from '../../activities/sip/port';
import { SESSION_TIMER } from '../../activities/sip/session-timer';
import type { Config } from '../../config/config';
import { isWithin } from '../../config/sources';
import { legTag } from '../../contracts/ids';
import type { ReturnedCall } from '../../contracts/messages';
import { returnedGoneSignal } from '../../contracts/messages';
import { readTransferToken } from '../../contracts/transfer-token';
import { bodyFault } from './admission';
import type { CallGateway } from './call-gateway';
import { callIdOf } from './call-input';
import { isServed } from './is-served';

/** RFC 3261 section 8.1.1.6. */
const DEFAULT_MAX_FORWARDS = 70;

/**
 * An INVITE that a peer sends us because of our REFER to a number: it belongs to the call whose token it shows.
 * @param cancelled resolves when the peer cancels it
 * @returns false when it is none, or when no transfer waits for it: then it is a call as any other
 */
export async function receiveReturnedCall(
  request: IncomingRequest,
  cancelled: Promise<void>,
  { config, gateway, port }: { config: Config; gateway: CallGateway; port: SipPort }
): Promise<boolean> {
  const returned = returnedCallOf(request, config);
  if (!returned || bodyFault(request)) return false;
  const { token, inviteId } = returned;
  void cancelled.then(() => gateway.signal(token.callId, returnedGoneSignal, { inviteId }));
  const answer = await gateway.bridgeReturned(returned);
  if (!answer) return false;
  const { sipStatus, sdp } = answer;
  const isSent = await request.respond({
    status: sipStatus,
    toTag: legTag(token.callId, { kind: 'returned', attempt: token.attempt }),
    ...(sdp === undefined ? {} : { headers: { 'Content-Type': 'application/sdp', ...SESSION_TIMER }, body: sdp }),
  });
  if (!isSent && sipStatus < 300 && !(await isServed(request, port)))
    await gateway.signal(token.callId, returnedGoneSignal, { inviteId });
  return true;
}

function returnedCallOf(request: IncomingRequest, { trunks }: Config): ReturnedCall | undefined {
  const token = readTransferToken((name) => request.header(name));
  if (!token) return undefined;
  const { sourceAddress, uri, transactionId, sipCallId, fromTag: remoteTag, from, body: sdp } = request;
  const { user: caller, displayName } = from;
  const named = displayName === undefined ? {} : { callerDisplayName: displayName };
  return {
    token,
    trunks: trunks.filter(({ sources }) => isWithin(sourceAddress, sources)).map(({ id }) => id),
    uri,
    maxForwards: Number.parseInt(request.header('Max-Forwards') ?? String(DEFAULT_MAX_FORWARDS), 10),
    inviteId: callIdOf(request),
    invite: { transactionId, sipCallId, remoteTag, caller, ...named, sdp },
  };
}
