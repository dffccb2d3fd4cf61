import type { SendInfoInput } from '../../contracts/activities-sip';
import { requireSent } from './failures';
import { finalAnswer } from './final-answer';
import type { SipPort } from './port';

/** INFO within a dialog (RFC 6086), to its final status. */
export async function sendInfo(
  port: SipPort,
  { dialogId, trunk, effectId, contentType, body }: SendInfoInput
): Promise<number> {
  const headers = { 'Content-Type': contentType };
  const sent = requireSent(
    await port.send({ method: 'INFO', dialogId, trunk, effectId, headers, body }),
    port.keepsEffects
  );
  return (await finalAnswer(sent, port.keepsEffects)).status;
}
