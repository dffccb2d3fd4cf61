import type { ReadContext } from '../activities/bot/read-activities';
import { readActivities } from '../activities/bot/read-activities';
import type { DialectName } from '../contracts/dialects';
import { DIALECT_NAMES } from '../contracts/dialects';
import type { Fault } from '../contracts/failures';
import { InvalidActivity } from './errors';

/** Stands in for what only the call knows: any target is allowed, and there is a preset one. */
const ANY_CALL = {
  presets: { transferTarget: 'sip:preset@invalid' },
  policy: { host: 'invalid', allowTargets: [''], denyTargets: [] },
} satisfies Omit<ReadContext, 'dialect'>;

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

/** @returns nothing when it is right in the words of some framework, else what is wrong in those that its form speaks for */
function faultsOf(payload: unknown): Fault[] {
  const [first, ...others] = DIALECT_NAMES;
  const faults = faultsIn(payload, first);
  const isRight = faults.length === 0 || others.some((dialect) => faultsIn(payload, dialect).length === 0);
  return isRight ? [] : faults;
}

function faultsIn(payload: unknown, dialect: DialectName): Fault[] {
  const reading = readActivities(payload, { ...ANY_CALL, dialect });
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
