import { hangupParamsSchema, transferParamsSchema } from '../contracts/schemas';
import type { TargetPolicy } from '../contracts/transfer-target';
import { readTarget } from '../contracts/transfer-target';
import { describeIssue } from '../contracts/zod-faults';
import type { ConfigFault } from './faults';

const SCHEMAS = { ...transferParamsSchema.shape, ...hangupParamsSchema.shape };

/** Decided by the engine when a bot is lost: nobody is there to notify, or to give the caller back to. */
const NOT_OF_FAILOVER = new Set([
  'transferNotifications',
  'transferNotificationsHangupMS',
  'continueCall',
] as const satisfies (keyof typeof SCHEMAS)[]);

const PRESET_NAMES = Object.keys(SCHEMAS);
const FAILOVER_NAMES = PRESET_NAMES.filter((name) => !(NOT_OF_FAILOVER as Set<string>).has(name));

/** Faults of parameters of bot activities that stand in the configuration. @param path of the parameters */
export function presetFaults(
  presets: Record<string, unknown>,
  path: readonly PropertyKey[],
  policy: TargetPolicy | undefined
): ConfigFault[] {
  return parameterFaults(presets, PRESET_NAMES, path, policy);
}

/** As `presetFaults`, of what a call does when its bot is lost. */
export function failoverFaults(
  failover: Record<string, unknown>,
  path: readonly PropertyKey[],
  policy: TargetPolicy | undefined
): ConfigFault[] {
  return parameterFaults(failover, FAILOVER_NAMES, path, policy);
}

function parameterFaults(
  params: Record<string, unknown>,
  known: readonly string[],
  path: readonly PropertyKey[],
  policy: TargetPolicy | undefined
): ConfigFault[] {
  return Object.entries(params).flatMap(([name, value]) =>
    messagesOf(name, value, known, policy).map(({ at, message }) => ({ path: [...path, name, ...at], message }))
  );
}

function messagesOf(
  name: string,
  value: unknown,
  known: readonly string[],
  policy: TargetPolicy | undefined
): { at: PropertyKey[]; message: string }[] {
  if (!known.includes(name) || !isParameter(name))
    return [{ at: [], message: `is not a parameter (known here: ${known.join(', ')})` }];
  const parsed = SCHEMAS[name].safeParse(value, { error: describeIssue });
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => ({ at: path, message: `${message} (change it)` }));
  const reading = name === 'transferTarget' && policy ? readTarget(String(value), policy) : undefined;
  return reading && 'fault' in reading ? [{ at: [], message: `${reading.fault} (change it)` }] : [];
}

function isParameter(name: string): name is keyof typeof SCHEMAS {
  return Object.hasOwn(SCHEMAS, name);
}
