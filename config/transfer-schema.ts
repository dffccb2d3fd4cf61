import { z } from 'zod';
import type { TransferTimers } from '../contracts/transfer-timers';
import { TRANSFER_TIMER_RANGES } from '../contracts/transfer-timers';
import { patternSchema } from './schema-values';

const timerSchema = (name: keyof TransferTimers, description: string): z.ZodExactOptional<z.ZodInt> => {
  const [min, max] = TRANSFER_TIMER_RANGES[name];
  return z.int().min(min).max(max).exactOptional().describe(description);
};

const timers = {
  referAnswerMs: timerSchema('referAnswerMs', 'The final answer to a REFER must come within this.'),
  probeMs: timerSchema('probeMs', 'The answer to the OPTIONS after an unanswered REFER must come within this.'),
  byeLingerMs: timerSchema('byeLingerMs', 'A report after the BYE of the peer is waited for.'),
  subscriptionEndWatchMs: timerSchema('subscriptionEndWatchMs', 'A BYE after the early end of reports is waited for.'),
  callerByeMs: timerSchema('callerByeMs', 'The BYE of the peer after an answered transfer is waited for.'),
};

/** Timers of every transfer on a trunk but the ring time-out, which is a setting of its own. */
export const transferTimersSchema = z.strictObject(timers);

/** Timers of some targets. */
export const targetTimersSchema = z.array(
  z.strictObject({
    match: patternSchema.describe('Pattern for targets, as in allowTargets.'),
    timers: z.strictObject({
      ringTimeoutMs: timerSchema('ringTimeoutMs', 'How long these targets may ring.'),
      ...timers,
    }),
  })
);

/** How the peers of a trunk take REFER. */
export const referProfileSchema = z.strictObject({
  norefersub: z.boolean().exactOptional().describe('Ask for no reports (RFC 4488).'),
  byeWhileRinging: z
    .enum(['answered', 'failed'])
    .exactOptional()
    .describe('What a BYE means between a report of ringing and a final one.'),
});
