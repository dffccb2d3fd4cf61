import type { Answer, IncomingRequest, PeerResponse, SipPort } from '../../activities/sip/port';
import { isUnchanged, withOwnOrigin } from '../../activities/sip/session-description';
import type { EffectKind } from '../../contracts/ids';
import { effectId } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import { mediaChangedSignal } from '../../contracts/messages';
import type { InDialogParts, LegRequest } from './leg-request';

/** Timer F and B are the SIP server's; this is only for one that says nothing. */
const FINAL_ANSWER_MS = 33_000;

const SDP = { 'Content-Type': 'application/sdp' };
const AGAIN_SOON: Answer = { status: 500, headers: { 'Retry-After': '2' } };

/** Calls with an offer under way, which a second one must not cross (RFC 3264 section 4). */
const offering = new Set<string>();

interface Pair {
  from: LegRecord;
  to: LegRecord | undefined;
}

/** DTMF and the like: passed to the other leg, whose answer is the answer. */
export async function relayInfo(at: LegRequest, parts: InDialogParts): Promise<void> {
  const { request } = at;
  const pair = await pairOf(at, parts);
  if (!pair?.to) {
    await request.respond({ status: 481 });
    return;
  }
  const answer = await askOther(parts.port, pair.to, request, at, 'INFO', request.body);
  await request.respond(answer ? { status: answer.status, reason: answer.reason } : AGAIN_SOON);
}

/**
 * A re-INVITE or UPDATE. A refresh is answered from the leg's record, without workflow or other leg; a changed offer goes to the other
 * leg, whose answer is the answer.
 */
export async function relayOffer(at: LegRequest, parts: InDialogParts): Promise<void> {
  const { request, callId } = at;
  const pair = await pairOf(at, parts);
  if (!pair) {
    await request.respond({ status: 481 });
  } else if (request.body === '' || isUnchanged(request.body, pair.from.remoteSdp)) {
    await request.respond(
      request.method === 'UPDATE' && request.body === '' ? { status: 200 } : described(pair.from.localSdp)
    );
  } else if (!pair.to) {
    await request.respond({ status: 488 });
  } else if (offering.has(callId)) {
    await request.respond(AGAIN_SOON);
  } else {
    offering.add(callId);
    try {
      await passOffer(at, pair.from, pair.to, parts);
    } finally {
      offering.delete(callId);
    }
  }
}

async function passOffer(
  at: LegRequest,
  from: LegRecord,
  to: LegRecord,
  { port, gateway }: InDialogParts
): Promise<void> {
  const { request, callId } = at;
  const offer = withOwnOrigin(request.body, { tag: to.localTag, host: port.host }, to.localSdp);
  const answer = await askOther(port, to, request, at, 'INVITE', offer);
  if (!answer || answer.status >= 300) {
    await request.respond(refusal(answer));
    return;
  }
  const localSdp = withOwnOrigin(answer.body, { tag: from.localTag, host: port.host }, from.localSdp);
  await gateway.signal(callId, mediaChangedSignal, {
    legs: [
      { leg: to.name, localSdp: offer, remoteSdp: answer.body },
      { leg: from.name, localSdp, remoteSdp: request.body },
    ],
  });
  await request.respond(described(localSdp));
}

/** What the other leg's refusal means for this one. That the other dialog is gone or silent says nothing of this one. */
function refusal(answer: PeerResponse | undefined): Answer {
  if (!answer || answer.status === 408 || answer.status === 481) return AGAIN_SOON;
  return { status: answer.status, reason: answer.reason };
}

function described(sdp: string): Answer {
  return sdp === '' ? { status: 200 } : { status: 200, headers: SDP, body: sdp };
}

async function askOther(
  port: SipPort,
  to: LegRecord,
  request: IncomingRequest,
  { callId }: LegRequest,
  method: 'INFO' | 'INVITE',
  body: string
): Promise<PeerResponse | undefined> {
  const kind: EffectKind = `relay-${method === 'INFO' ? 'info' : 'offer'}-${to.name.kind === 'returned' ? 'target' : to.name.kind}`;
  const type = request.header('Content-Type');
  const sending = await port.send({
    method,
    dialogId: to.dialogId,
    effectId: effectId(callId, kind, request.cseq),
    body,
    headers: type === undefined ? {} : { 'Content-Type': type },
  });
  if (sending.kind !== 'sent') return undefined;
  for (;;) {
    const answer = await sending.next(FINAL_ANSWER_MS);
    if (answer.kind !== 'response') return undefined;
    if (answer.status < 200) continue;
    if (method === 'INVITE' && answer.status < 300) sending.acknowledge();
    return answer;
  }
}

async function pairOf({ callId, leg }: LegRequest, { gateway }: InDialogParts): Promise<Pair | undefined> {
  const legs = (await gateway.legs(callId)) ?? [];
  const from = legs.find(({ name }) => name.kind === leg.kind);
  return from && { from, to: legs.find(({ name }) => name.kind !== leg.kind) };
}
