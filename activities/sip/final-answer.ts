import { answerLost, outcomeUnknown } from './failures';
import type { Awaited, PeerResponse, SentRequest } from './port';

/** The SIP server's timers B and F end a request after 32 s; this is only for one that says nothing. */
export const FINAL_ANSWER_MS = 34_000;

/** What comes behind the provisional responses. @param withinMs the limit between two responses */
export async function afterProvisional(sent: SentRequest, withinMs = FINAL_ANSWER_MS): Promise<Awaited> {
  for (;;) {
    const answer = await sent.next(withinMs);
    if (answer.kind !== 'response' || answer.status >= 200) return answer;
  }
}

/**
 * The final response to a request.
 * @throws TransferOutcomeUnknown when none comes, and what `answerLost` says
 */
export async function finalAnswer(sent: SentRequest, keepsEffects: boolean): Promise<PeerResponse> {
  const answer = await afterProvisional(sent);
  if (answer.kind === 'lost') throw answerLost(keepsEffects);
  if (answer.kind === 'silent') throw outcomeUnknown();
  return answer;
}
