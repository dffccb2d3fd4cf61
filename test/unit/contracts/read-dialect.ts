import { readActivities } from '../../../activities/bot/read-activities';
import type { ParsedActivity } from '../../../contracts/activities-read';
import type { DialectName } from '../../../contracts/dialects';

/** The trunk of the call. */
export const POLICY = { host: 'trunk.example', allowTargets: ['^sip:'] };

/** What a bot of the channel said; in any dialect where none is named. */
export function read(payload: unknown, dialect?: DialectName, presets: Record<string, unknown> = {}): ParsedActivity[] {
  const reading = readActivities(payload, { presets, policy: POLICY, ...(dialect === undefined ? {} : { dialect }) });
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
  return reading.activities;
}

/** What is wrong with what it said. */
export function faults(payload: unknown, dialect?: DialectName): string[] {
  const reading = readActivities(payload, {
    presets: {},
    policy: POLICY,
    ...(dialect === undefined ? {} : { dialect }),
  });
  return 'faults' in reading ? reading.faults.map(({ path, message }) => `${path} ${message}`) : [];
}

/** The transfer that it asked for first. */
export const request = (payload: unknown, dialect?: DialectName, presets?: Record<string, unknown>): object => {
  const [activity] = read(payload, dialect, presets);
  if (activity?.kind !== 'transfer') throw new Error(`no transfer: ${JSON.stringify(activity)}`);
  return activity.request;
};
