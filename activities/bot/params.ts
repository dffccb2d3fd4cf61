import type { z } from 'zod';
import type { Fault } from '../../contracts/failures';
import { describeIssue, pathText } from '../../contracts/zod-faults';

export type Reading<T> = { value: T } | { faults: Fault[] };

/** The parameters of one activity, each with the place that won. */
export interface EffectiveParams {
  values: Record<string, unknown>;
  /** Full path of a member, for faults. */
  pathOf: (member: string) => PropertyKey[];
}

export function parseParams<T>(schema: z.ZodType<T>, { values, pathOf }: EffectiveParams): Reading<T> {
  const parsed = schema.safeParse(values, { error: describeIssue });
  if (parsed.success) return { value: parsed.data };
  const faults = parsed.error.issues.map(({ path: [member = '', ...rest], message }) => ({
    path: pathText([...pathOf(String(member)), ...rest]),
    message,
  }));
  return { faults };
}
