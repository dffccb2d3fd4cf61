import { acknowledgeBot as sendAck } from './effects';
import type { CallSession } from './session';

/**
 * Ends the offer of a bot that was called without one: its ACK carries the caller's answer, or declines every medium when there is none
 * (RFC 3264 section 6).
 */
export async function acknowledgeBot(call: CallSession, answer: string): Promise<void> {
  const { bot, caller, awaitsAnswer } = call.state;
  if (!awaitsAnswer || !bot?.record || !caller?.record) return;
  call.apply({ type: 'CallerAcknowledged' });
  const { name, localSdp, remoteSdp } = await sendAck.executeWithOptions({ summary: 'ACK → bot' }, [
    { bot: bot.record, answer },
  ]);
  const callerSide = { leg: caller.record.name, localSdp: caller.record.localSdp, remoteSdp: answer };
  call.apply({ type: 'MediaChanged', change: { legs: [{ leg: name, localSdp, remoteSdp }, callerSide] } });
}
