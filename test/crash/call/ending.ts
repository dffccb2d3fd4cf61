import type { Cell } from '../cells';
import { isKilledBy } from '../victims';

/**
 * How a call went, apart from what is judged: `refused`, `given up` by the caller before there was an answer, `unanswered` by a bot that is not there, or `left alone`, without
 * anybody to have the caller back.
 */
export type Ending = 'transferred' | 'refused' | 'given up' | 'unanswered' | 'left alone';

/** Before the bot has the caller back from a join that comes to nothing. */
const AWAY_FROM_BOT = ['re-INVITE bot', 're-INVITE caller', 'bot taken back'];

export function expectedEnding({ step, victim, transfer }: Cell): Ending {
  if (step === 'arriving' && victim === 'Temporal') return 'refused';
  if (!isKilledBy('bot', victim)) return 'transferred';
  if (step === 'arriving' && victim === 'bot left dead') return 'unanswered';
  if (step === 'bot ringing') return 'given up';
  return transfer === 'INVITE, undone' && AWAY_FROM_BOT.includes(step) ? 'left alone' : 'transferred';
}
