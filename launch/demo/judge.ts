import type { Check } from './check';
import { botChecks } from './checks/bot-checks';
import { callerChecks, referChecks } from './checks/caller-checks';
import { joinChecks } from './checks/join-checks';
import { recordChecks } from './checks/record-checks';
import { targetChecks } from './checks/target-checks';
import type { Evidence } from './evidence';
import { CallEvidence } from './evidence';

export interface Verdict {
  name: string;
  isRight: boolean;
  /** What speaks against it. */
  fault?: string;
}

const CHECKS: readonly Check[] = [...targetChecks, ...botChecks, ...recordChecks];

/** Judges a call by what its peers sent and received, by the Temporal history and by the written record. */
export function judge(evidence: Evidence): Verdict[] {
  const call = new CallEvidence(evidence);
  const byMethod = call.plan.method === 'refer' ? referChecks : joinChecks;
  return [...callerChecks, ...byMethod, ...CHECKS].map(({ name, fault }) => {
    const found = fault(call);
    return found === undefined ? { name, isRight: true } : { name, isRight: false, fault: found };
  });
}
