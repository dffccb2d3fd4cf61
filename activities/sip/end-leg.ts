import type { EndLegInput } from '../../contracts/activities-sip';
import { answerLost, requireSent } from './failures';
import { FINAL_ANSWER_MS } from './final-answer';
import type { SipPort } from './port';
import { reasonHeader } from './reason-header';

/** BYE (RFC 3261 section 15.1.1). The dialog is over whatever the answer, so any answer will do, and so does a dialog that is gone. */
export async function endLeg(port: SipPort, { dialogId, trunk, reason }: EndLegInput): Promise<void> {
  const headers = reason === undefined ? {} : { Reason: reasonHeader(reason) };
  const sending = await port.send({ method: 'BYE', dialogId, trunk, headers });
  if (sending.kind === 'no-dialog') return;
  const answer = await requireSent(sending, true).next(FINAL_ANSWER_MS);
  // A BYE may go twice: the second one finds no dialog.
  if (answer.kind === 'lost') throw answerLost(true);
}
