import { acknowledgeBot as sendAck } from './effects';
import { failureText, isActivityFailure } from './failure';
import type { CallSession } from './session';

/**
 * Ends the offer of a bot that was called without one: its ACK carries the caller's answer, or declines every medium when there is none
 * (RFC 3264 section 6).
 */
export async function acknowledgeBot(call: CallSession, answer: string): Promise<void> {
  const { bot, caller, awaitsAnswer } = call.state;
  if (!awaitsAnswer || !bot?.record || !caller?.record) return;
  call.apply({ type: 'CallerAcknowledged' });
  try {
    const acknowledged = await sendAck.executeWithOptions({ summary: 'ACK → bot' }, [{ bot: bot.record, answer }]);
    const { name, localSdp, remoteSdp } = acknowledged;
    const callerSide = { leg: caller.record.name, localSdp: caller.record.localSdp, remoteSdp: answer };
    call.apply({ type: 'MediaChanged', change: { legs: [{ leg: name, localSdp, remoteSdp }, callerSide] } });
  } catch (err) {
    // Without its ACK the bot ends the call itself (RFC 3261 section 13.3.1.4); a failure here must not fail the call.
    if (!isActivityFailure(err)) throw err;
    call.note({ event: 'AckFailed', detail: failureText(err) });
  }
}
