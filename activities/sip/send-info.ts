import type { SendInfoInput } from '../../contracts/activities-sip';
import { finalAnswer, requireSent } from './failures';
import type { SipPort } from './port';

/** Timer F is the SIP server's; this is only for one that says nothing. */
const FINAL_ANSWER_MS = 34_000;

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
  return (await finalAnswer(sent, FINAL_ANSWER_MS, port.keepsEffects)).status;
}
