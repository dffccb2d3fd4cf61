import type { Answer, IncomingRequest, PeerResponse } from '../../activities/sip/port';
import { withOwnOrigin } from '../../activities/sip/session-description';
import type { LegRecord } from '../../contracts/leg';
import type { MediaChanged } from '../../contracts/messages';
import { mediaChangedSignal } from '../../contracts/messages';
import { AGAIN_SOON, askOtherLeg } from './ask-other-leg';
import type { InDialogParts, LegRequest } from './leg-request';

/** Calls with an offer under way, which a second one must not cross (RFC 3264 section 4). */
const offering = new Set<string>();

/** Acts unless an offer of the call is under way; then the request is to come again. */
export async function exclusively(
  callId: string,
  request: IncomingRequest | undefined,
  act: () => Promise<unknown>
): Promise<void> {
  if (offering.has(callId)) {
    await request?.respond(AGAIN_SOON);
    return;
  }
  offering.add(callId);
  try {
    await act();
  } finally {
    offering.delete(callId);
  }
}

/** Passes an offer to the other leg and puts what both said into the workflow. */
export async function passOffer(
  at: LegRequest,
  from: LegRecord,
  to: LegRecord,
  { port, gateway }: InDialogParts
): Promise<Answer | { localSdp: string }> {
  const { request, callId } = at;
  const offer = withOwnOrigin(request.body, { tag: to.localTag, host: port.host }, to.localSdp);
  const answer = await askOtherLeg(port, to, at, { method: 'INVITE', body: offer });
  if (!answer || answer.status >= 300) return refusal(answer);
  const localSdp = withOwnOrigin(answer.body, { tag: from.localTag, host: port.host }, from.localSdp);
  const legs: MediaChanged['legs'] = [
    { leg: to.name, localSdp: offer, remoteSdp: answer.body },
    { leg: from.name, localSdp, remoteSdp: request.body },
  ];
  await gateway.signal(callId, mediaChangedSignal, { legs });
  return { localSdp };
}

/** What the other leg's refusal means for this one. That the other dialog is gone or silent says nothing of this one. */
function refusal(answer: PeerResponse | undefined): Answer {
  if (!answer || answer.status === 408 || answer.status === 481) return AGAIN_SOON;
  return { status: answer.status, reason: answer.reason };
}
