import type { ReadContext } from '../activities/bot/read-activities';
import { readActivities } from '../activities/bot/read-activities';
import type { Fault } from '../contracts/failures';
import { InvalidActivity } from './errors';

/** Stands in for what only the call knows: any target is allowed, and there is a preset one. */
const ANY_CALL = {
  presets: { transferTarget: 'sip:preset@invalid' },
  /** The one that takes most: even prose. */
  dialect: 'copilot-studio',
  policy: { host: 'invalid', allowTargets: [''], denyTargets: [] },
} satisfies ReadContext;

/** Deeper than any activity is; the converter to Temporal's payloads runs out of stack far beyond it. */
const MAX_DEPTH = 20;

/**
 * Refuses what no call would take. Such a request must not reach the call: each update counts towards Temporal's limit for a workflow run.
 * @throws InvalidActivity
 */
export function refuseWhatNoCallTakes(payload: unknown): void {
  const faults = isTooDeep(payload) ? [TOO_DEEP] : faultsOf(payload);
  if (faults.length > 0) throw new InvalidActivity(faults);
}

const TOO_DEEP: Fault = { path: 'activities', message: `is nested more than ${MAX_DEPTH} levels deep` };

function faultsOf(payload: unknown): Fault[] {
  const reading = readActivities(payload, ANY_CALL);
  return 'faults' in reading ? reading.faults : [];
}

/** Level by level: recursion is what a deep body breaks. */
function isTooDeep(payload: unknown): boolean {
  let level: unknown[] = [payload];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value as Record<string, unknown>) : []
    );
  }
  return false;
}
