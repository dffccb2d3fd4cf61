import type { SendReferInput, SendReferResult } from '../../contracts/activities-sip';
import { answerLost, outcomeUnknown, requireSent } from './failures';
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
  for (;;) {
    const answer = await sent.next(FINAL_ANSWER_MS);
    if (answer.kind === 'lost') throw answerLost(port.keepsEffects);
    if (answer.kind === 'silent') throw outcomeUnknown();
    if (answer.status >= 200) return { sipStatus: answer.status, reasonPhrase: answer.reason, cseq: sent.cseq };
  }
}
