import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from '../../activities/sip/port';
import { isUnchanged, withOwnOrigin } from '../../activities/sip/session-description';
import { inactiveAnswer } from '../../activities/sip/without-media';
import type { LegRecord } from '../../contracts/leg';
import { mediaChangedSignal } from '../../contracts/messages';
import { AGAIN_SOON } from './ask-other-leg';
import type { InDialogParts, LegRequest } from './leg-request';
import { pairOf } from './pair';
import { exclusively, passOffer } from './pass-offer';

/** An offer is not passed on later than this: the SIP server refuses it after 5 s. */
const OFFER_LIMIT_MS = 3_000;

/** With the time before, less than the 32 s that a peer waits (RFC 3261 timer B). */
const LEFT_TO_SERVER_MS = 7_000;

const SDP = { 'Content-Type': 'application/sdp' };

/**
 * A re-INVITE or UPDATE. A refresh is answered from the leg's record, without workflow or other leg; a changed offer goes to the other
 * leg, whose answer is the answer. One without an offer gets the leg's last description as ours. When nobody can tell the call's legs in
 * time it is left to the SIP server, which has the last descriptions too.
 */
export async function relayOffer(at: LegRequest, parts: InDialogParts): Promise<void> {
  const { request, callId } = at;
  const pair = await pairOf(at, parts, OFFER_LIMIT_MS).catch(leaveToServer);
  if (!pair) {
    await request.respond({ status: 481 });
  } else if (pair.isJoining && request.body !== '') {
    await request.respond(AGAIN_SOON);
  } else if (request.body === '' || isUnchanged(request.body, pair.from.remoteSdp)) {
    const isBare = request.method === 'UPDATE' && request.body === '';
    await request.respond(isBare ? { status: 200 } : described(pair.from.localSdp));
  } else if (!pair.to) {
    await request.respond(await holdAlone(at, pair.from, parts));
  } else {
    const { from, to } = pair;
    await exclusively(callId, request, async () => {
      const passed = await passOffer(at, from, to, parts);
      await request.respond('status' in passed ? passed : described(passed.localSdp));
    });
  }
}

/** The SIP server answers in our place. Only a stock server does not, and is given the refusal when it has waited long enough. */
async function leaveToServer(err: unknown): Promise<never> {
  await delay(LEFT_TO_SERVER_MS);
  throw err;
}

/** A caller of a bot without a leg changes its description: it is answered as before, without media. */
async function holdAlone(
  { request, callId }: LegRequest,
  from: LegRecord,
  { gateway, port }: InDialogParts
): Promise<Answer> {
  const { host } = port;
  const localSdp = withOwnOrigin(inactiveAnswer(request.body, host), { tag: from.localTag, host }, from.localSdp);
  const changed = { leg: from.name, localSdp, remoteSdp: request.body };
  await gateway.signal(callId, mediaChangedSignal, { legs: [changed] });
  return described(localSdp);
}

function described(sdp: string): Answer {
  return sdp === '' ? { status: 200 } : { status: 200, headers: SDP, body: sdp };
}
