import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { ParsedActivity, ReadActivities } from '../../contracts/activities-read';
import type { Fault } from '../../contracts/failures';
import { activitiesSchema, activitySchema, hangupParamsSchema, transferParamsSchema } from '../../contracts/schemas';
import type { TargetPolicy } from '../../contracts/transfer-target';
import { readTarget } from '../../contracts/transfer-target';
import type { TransferRequest } from '../../contracts/transfer';
import { describeIssue, faultsOf, pathText } from '../../contracts/zod-faults';

export interface ReadContext {
  /** Parameters of the bot channel that stand when the bot does not give them. */
  presets: Record<string, unknown>;
  policy: TargetPolicy;
}

type Envelope = z.output<typeof activitySchema>;
type Reading<T> = { value: T } | { faults: Fault[] };

/** The parameters of one activity, each with the place that won. */
interface EffectiveParams {
  values: Record<string, unknown>;
  /** Full path of a member, for faults. */
  pathOf: (member: string) => PropertyKey[];
}

/**
 * Reads what a bot sent: one Bot API activity, a list, or `{activities: [...]}`. Each parameter is taken from activityParams, else
 * sessionParams, else the channel's presets, else its default.
 */
export function readActivities(payload: unknown, context: ReadContext): ReadActivities {
  const list = activitiesSchema.safeParse(payload, { error: describeIssue });
  if (!list.success) return { faults: faultsOf(list.error, ['activities']) };
  const readings = list.data.map((activity, i) => readActivity(activity, ['activities', i], context));
  const faults = readings.flatMap((reading) => ('faults' in reading ? reading.faults : []));
  if (faults.length > 0) return { faults };
  return { activities: readings.flatMap((reading) => ('value' in reading ? [reading.value] : [])) };
}

function readActivity(activity: unknown, path: PropertyKey[], context: ReadContext): Reading<ParsedActivity> {
  const envelope = activitySchema.safeParse(activity, { error: describeIssue });
  if (!envelope.success) return { faults: faultsOf(envelope.error, path) };
  const { id = randomUUID(), name } = envelope.data;
  const params = effectiveParams(envelope.data, path, context.presets);
  if (name === 'hangup') {
    const hangup = parseParams(hangupParamsSchema, params);
    if ('faults' in hangup) return hangup;
    const { hangupReason } = hangup.value;
    return { value: { kind: 'hangup', id, name, ...(hangupReason === undefined ? {} : { reason: hangupReason }) } };
  }
  const transfer = readTransfer(id, params, context.policy);
  return 'faults' in transfer ? transfer : { value: { kind: 'transfer', id, name, request: transfer.value } };
}

function effectiveParams(
  { activityParams, sessionParams }: Envelope,
  path: PropertyKey[],
  presets: Record<string, unknown>
): EffectiveParams {
  const pathOf = (member: string): PropertyKey[] => {
    if (Object.hasOwn(activityParams, member)) return [...path, 'activityParams', member];
    if (Object.hasOwn(sessionParams, member)) return [...path, 'sessionParams', member];
    return Object.hasOwn(presets, member) ? ['presets', member] : [...path, 'activityParams', member];
  };
  return { values: { ...presets, ...sessionParams, ...activityParams }, pathOf };
}

function parseParams<T>(schema: z.ZodType<T>, { values, pathOf }: EffectiveParams): Reading<T> {
  const parsed = schema.safeParse(values, { error: describeIssue });
  if (parsed.success) return { value: parsed.data };
  const faults = parsed.error.issues.map(({ path: [member = '', ...rest], message }) => ({
    path: pathText([...pathOf(String(member)), ...rest]),
    message,
  }));
  return { faults };
}

function readTransfer(activityId: string, params: EffectiveParams, policy: TargetPolicy): Reading<TransferRequest> {
  const parsed = parseParams(transferParamsSchema, params);
  const faults = 'faults' in parsed ? parsed.faults : [];
  const { transferTarget } = params.values;
  const targetPath = pathText(params.pathOf('transferTarget'));
  const isReadable = typeof transferTarget === 'string' && faults.every(({ path }) => path !== targetPath);
  const reading = isReadable ? readTarget(transferTarget, policy) : undefined;
  if (reading && 'fault' in reading) faults.push({ path: targetPath, message: reading.fault });
  if ('faults' in parsed || !reading || 'fault' in reading) return { faults };
  return { value: transferRequest(activityId, reading.target, parsed.value) };
}

function transferRequest(
  activityId: string,
  target: string,
  params: z.output<typeof transferParamsSchema>
): TransferRequest {
  const { handoverReason, transferReferredByURL } = params;
  return {
    activityId,
    target,
    ...(handoverReason === undefined ? {} : { reason: handoverReason }),
    headers: params.transferSipHeaders,
    ...(transferReferredByURL === undefined ? {} : { referredBy: transferReferredByURL }),
    notifications: params.transferNotifications,
    notificationsHangupMs: params.transferNotificationsHangupMS,
  };
}
