import { setTimeout as delay } from 'node:timers/promises';
import { isUnchanged } from '../../activities/sip/session-description';
import { callerAcknowledgedSignal } from '../../contracts/messages';
import type { InDialogParts, LegRequest } from './leg-request';
import type { Pair } from './pair';
import { pairOf } from './pair';
import { exclusively, passOffer } from './pass-offer';

/** A busy worker may need longer for one question than the question waits. */
const ACK_TRIES = 5;
const ACK_PAUSE_MS = 250;

/**
 * The ACK of an offer of ours. The first one of a caller whose INVITE had none answers the bot's offer; a later one may answer a re-INVITE
 * without an offer otherwise than before, and the other leg then hears of it.
 */
export async function receiveAck(at: LegRequest, parts: InDialogParts): Promise<void> {
  const { request, callId, leg } = at;
  if (request.body === '' && leg.kind !== 'caller') return;
  const asked = await pairOfAck(at, parts);
  const { pair } = asked;
  const mayBeAwaited = asked.isSilent ? request.body !== '' : pair?.awaitsAnswer === true;
  if (mayBeAwaited && leg.kind === 'caller') {
    await parts.gateway.signal(callId, callerAcknowledgedSignal, { sdp: request.body });
  } else if (request.body !== '' && pair?.to && !isUnchanged(request.body, pair.from.remoteSdp)) {
    const { from, to } = pair;
    await exclusively(callId, undefined, () => passOffer(at, from, to, parts));
  }
}

/**
 * An ACK has no answer by which its peer would ask again, so the call is asked several times which leg it belongs to. Of one that stays silent
 * nobody knows whether it awaits the answer in a caller's ACK: it is given it, and takes it only if it does.
 */
async function pairOfAck(at: LegRequest, parts: InDialogParts): Promise<{ pair: Pair | undefined; isSilent?: true }> {
  for (let tries = 1; ; tries++) {
    try {
      return { pair: await pairOf(at, parts, 0) };
    } catch (err) {
      if (tries === ACK_TRIES) {
        parts.log.warn({ callId: at.callId, err: String(err) }, 'the call does not say whose ACK this is');
        return { pair: undefined, isSilent: true };
      }
      await delay(ACK_PAUSE_MS);
    }
  }
}
