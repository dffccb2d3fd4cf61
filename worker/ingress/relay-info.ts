import { dtmfReceivedSignal } from '../../contracts/messages';
import { AGAIN_SOON, askOtherLeg } from './ask-other-leg';
import { dtmfDigits } from './dtmf';
import type { InDialogParts, LegRequest } from './leg-request';
import { keyOf } from './leg-request';
import { pairOf } from './pair';

/**
 * DTMF and the like: passed to the other leg, whose answer is the answer. Digits are also the bot's events where its channel takes them. While
 * nobody can tell the call's legs it waits; the SIP server answers the peer meanwhile, and gives it to another worker when this one dies.
 */
export async function relayInfo(at: LegRequest, parts: InDialogParts): Promise<void> {
  const { request, callId, leg } = at;
  const { gateway } = parts;
  const digits = leg.kind === 'caller' ? dtmfDigits(request) : undefined;
  // Digits reach the bot in the order in which they came, however long each question takes.
  const turn = digits === undefined ? undefined : gateway.turn(callId);
  const pair = await pairOf(at, parts).catch((err: unknown) => {
    turn?.pass();
    throw err;
  });
  if (digits !== undefined && pair?.takesDtmf === true)
    await turn?.run(() => gateway.signalAtOnce(callId, dtmfReceivedSignal, { leg, request: keyOf(request), digits }));
  else turn?.pass();
  if (!pair) await request.respond({ status: 481 });
  else if (!pair.to) await request.respond({ status: 200 });
  else {
    const answer = await askOtherLeg(parts.port, pair.to, at, { method: 'INFO', body: request.body });
    await request.respond(answer ? { status: answer.status, reason: answer.reason } : AGAIN_SOON);
  }
}
