import { readActivities } from '../activities/bot/read-activities';
import type { DialectName } from '../contracts/dialects';
import { DIALECT_NAMES } from '../contracts/dialects';
import type { Fault } from '../contracts/failures';
import { payloadFault } from '../contracts/payload-limits';
import type { ReadContext } from '../contracts/read-context';
import { InvalidActivity } from './errors';

/** Stands in for what only the call knows: any target is allowed, and there is a preset one. */
const ANY_CALL = {
  presets: { transferTarget: 'sip:preset@invalid' },
  policy: { host: 'invalid', allowTargets: [''], denyTargets: [] },
} satisfies Omit<ReadContext, 'dialect'>;

/**
 * Refuses what no call would take. Such a request must not reach the call: each update counts towards Temporal's limit for a workflow run.
 * @throws InvalidActivity
 */
export function refuseWhatNoCallTakes(payload: unknown): void {
  const unreadable = payloadFault(payload);
  const faults = unreadable ? [unreadable] : faultsOf(payload);
  if (faults.length > 0) throw new InvalidActivity(faults);
}

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
