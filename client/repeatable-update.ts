import { createHash } from 'node:crypto';
import { activitiesSchema } from '../contracts/schemas';

/** @returns an update id that a repeat of the same activities has too; undefined unless each of them has an id */
export function repeatableUpdateId(payload: unknown): string | undefined {
  const list = activitiesSchema.safeParse(payload);
  if (!list.success || !list.data.every(hasId)) return undefined;
  return `activities-${createHash('sha256').update(JSON.stringify(list.data)).digest('base64url')}`;
}

function hasId(activity: unknown): boolean {
  if (typeof activity !== 'object' || activity === null || !('id' in activity)) return false;
  return typeof activity.id === 'string' && activity.id !== '';
}
