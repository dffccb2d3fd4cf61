import { Context } from '@temporalio/activity';
import type { SendReferInput, SendReferResult } from '../../contracts/activities-sip';
import { answerLost, requireSent } from './failures';
import { finalAnswer } from './final-answer';
import { numberField } from './number-field';
import type { PeerResponse, SentRequest, SipPort } from './port';
import type { RefusedRefers } from './refused-refers';
import { targetHeaders } from './refer-headers';
import { serverClock } from './server-clock';

/** A worker that takes over gets what was answered meanwhile from the ledger, however late it is. */
const LEDGER_MS = 1_000;

/** REFER in the caller's dialog (RFC 3515), to its final answer. */
export async function sendRefer(
  port: SipPort,
  refused: RefusedRefers,
  input: SendReferInput
): Promise<SendReferResult> {
  const { refusals } = input;
  // A second run of this activity must ask the ledger: the first one may have sent the REFER.
  const known = refusals && Context.current().info.attempt === 1 ? refused.of(refusals.trunk) : undefined;
  if (known) return { ...known, cseq: 0 };
  const sent = requireSent(
    await port.send({
      method: 'REFER',
      trunk: input.trunk,
      dialogId: input.dialogId,
      effectId: input.effectId,
      headers: {
        ...targetHeaders(input, port.address),
        ...(input.norefersub === true ? { 'Refer-Sub': 'false', Supported: 'norefersub' } : {}),
      },
    }),
    port.keepsEffects
  );
  const answer = await finalAnswerOf(sent, input, port.keepsEffects);
  if (!answer) return { sipStatus: 408, reasonPhrase: 'no answer in time', cseq: sent.cseq };
  if (refusals?.statuses.includes(answer.status))
    refused.note(refusals.trunk, { sipStatus: answer.status, reasonPhrase: answer.reason });
  return {
    sipStatus: answer.status,
    reasonPhrase: answer.reason,
    cseq: sent.cseq,
    ...(input.norefersub === true && isUnreported(answer) ? { isUnreported: true } : {}),
    ...retryAfter(answer),
  };
}

function finalAnswerOf(
  sent: SentRequest,
  { answerByMs }: SendReferInput,
  keepsEffects: boolean
): Promise<PeerResponse | undefined> {
  if (answerByMs === undefined) return finalAnswer(sent, keepsEffects);
  const now = serverClock();
  const byMs = Math.max(answerByMs, now() + LEDGER_MS);
  return answerWithin(sent, () => byMs - now(), keepsEffects);
}

/** @returns undefined when none came while time was left, in ms */
async function answerWithin(
  sent: SentRequest,
  leftMs: () => number,
  keepsEffects: boolean
): Promise<PeerResponse | undefined> {
  for (;;) {
    const answer = await sent.next(Math.max(leftMs(), 0));
    if (answer.kind === 'lost') throw answerLost(keepsEffects);
    if (answer.kind === 'silent') return undefined;
    if (answer.status >= 200) return answer;
  }
}

/** RFC 4488 section 4: `Refer-Sub: false` in the 2xx. */
function isUnreported(answer: PeerResponse): boolean {
  return answer.status < 300 && /^\s*false\b/i.test(answer.header('Refer-Sub') ?? '');
}

function retryAfter(answer: PeerResponse): { retryAfterS?: number } {
  const retryAfterS = numberField(answer, 'Retry-After');
  return answer.status >= 300 && retryAfterS !== undefined && retryAfterS >= 0 ? { retryAfterS } : {};
}
