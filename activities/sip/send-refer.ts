import type { SendReferInput, SendReferResult } from '../../contracts/activities-sip';
import { finalAnswer, requireSent } from './failures';
import type { SipPort } from './port';
import { referredBy, referTo } from './refer-headers';

/** Timer F is the SIP server's; this is only for one that says nothing. */
const FINAL_ANSWER_MS = 40_000;

/** REFER in the caller's dialog (RFC 3515), to its final answer. */
export async function sendRefer(port: SipPort, input: SendReferInput): Promise<SendReferResult> {
  const sent = requireSent(
    await port.send({
      method: 'REFER',
      dialogId: input.dialogId,
      effectId: input.effectId,
      headers: { 'Refer-To': referTo(input.target, input.headers), 'Referred-By': referredBy(input.referredBy) },
    }),
    port.keepsEffects
  );
  const { status, reason } = await finalAnswer(sent, FINAL_ANSWER_MS, port.keepsEffects);
  return { sipStatus: status, reasonPhrase: reason, cseq: sent.cseq };
}
