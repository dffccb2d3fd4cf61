import type { z } from 'zod';
import type { Fault } from '../../contracts/failures';
import { describeIssue, pathText } from '../../contracts/zod-faults';

export type Reading<T> = { value: T } | { faults: Fault[] };

/** Parameters by name, and where each stands. */
export interface PlacedParams {
  values: Record<string, unknown>;
  /** Full path of a member, or of something below it, for faults. */
  pathOf: (member: string, ...below: PropertyKey[]) => PropertyKey[];
}

/** The parameters of one activity, each with the place that won. */
export interface EffectiveParams extends PlacedParams {
  /** Those that it gives for the rest of the call. */
  ofSession: PlacedParams;
}

export function parseParams<T>(schema: z.ZodType<T>, { values, pathOf }: PlacedParams): Reading<T> {
  const parsed = schema.safeParse(values, { error: describeIssue });
  if (parsed.success) return { value: parsed.data };
  const faults = parsed.error.issues.map(({ path: [member = '', ...rest], message }) => ({
    path: pathText(pathOf(String(member), ...rest)),
    message,
  }));
  return { faults };
}

export function mapped<From, To>(reading: Reading<From>, map: (value: From) => To): Reading<To> {
  return 'faults' in reading ? reading : { value: map(reading.value) };
}
