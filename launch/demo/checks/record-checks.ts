import type { CallEvidence } from '../evidence';
import type { Check } from '../check';
import { targetsOf } from '../plan';

/** What the Temporal history and the written record must say. */
export const recordChecks: readonly Check[] = [
  { name: 'the workflow completed', fault: notCompleted },
  { name: 'the history holds exactly two transfers', fault: wrongTransferCount },
  { name: 'the history holds exactly one written record', fault: (call) => wrongActivityCount(call, 'writeRecord', 1) },
  { name: 'there is exactly one call detail record', fault: wrongNumberOfRecords },
  { name: 'the record tells of the busy and the answered attempt', fault: wrongRecord },
];

function notCompleted({ history }: CallEvidence): string | undefined {
  if (history === undefined) return 'its history could not be read';
  return history.isCompleted ? undefined : 'it did not';
}

function wrongTransferCount(call: CallEvidence): string | undefined {
  return wrongActivityCount(call, call.plan.method === 'refer' ? 'sendRefer' : 'inviteTarget', 2);
}

function wrongActivityCount({ history }: CallEvidence, type: string, expected: number): string | undefined {
  const count = history?.completedActivities[type] ?? 0;
  return count === expected ? undefined : `${type} completed ${count} times`;
}

function wrongNumberOfRecords({ records }: CallEvidence): string | undefined {
  return records.length === 1 ? undefined : `${records.length} were found`;
}

function wrongRecord({ records, plan }: CallEvidence): string | undefined {
  const [record] = records;
  if (!record) return 'there is none';
  const [busy, agent] = targetsOf(plan);
  const expected = `transferred: ${busy} failed busy, ${agent} answered`;
  const attempts = record.transfers.map(({ target, outcome }) =>
    [target, outcome?.status, outcome?.reasonCode].filter((part) => part !== undefined).join(' ')
  );
  const found = `${record.end.reasonCode}: ${attempts.join(', ')}`;
  return found === expected ? undefined : `it says "${found}" instead of "${expected}"`;
}
