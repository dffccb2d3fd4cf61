import type { ProbeLegInput } from '../../contracts/activities-sip';
import { answerLost, requireSent } from './failures';
import type { SipPort } from './port';

/** Answers that say that the peer, or its dialog, is not there (RFC 5057 section 5.1). */
const GONE = new Set([404, 408, 410, 416, 481, 482, 483, 484, 485, 502, 604]);

/** OPTIONS in the dialog: any other answer means that the leg lives. */
export async function probeLeg(port: SipPort, { dialogId, trunk, withinMs }: ProbeLegInput): Promise<boolean> {
  const sending = await port.send({ method: 'OPTIONS', dialogId, trunk });
  if (sending.kind === 'no-dialog') return false;
  const answer = await requireSent(sending, true).next(withinMs);
  if (answer.kind === 'lost') throw answerLost(true);
  return answer.kind === 'response' && !GONE.has(answer.status);
}
