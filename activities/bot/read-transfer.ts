import type { z } from 'zod';
import type { Fault } from '../../contracts/failures';
import * as schemas from '../../contracts/schemas';
import type { NextTarget, TransferRequest } from '../../contracts/transfer';
import { TRANSFER_LIMITS } from '../../contracts/transfer';
import { readTarget } from '../../contracts/transfer-target';
import { pathText } from '../../contracts/zod-faults';
import type { EffectiveParams, Reading } from './params';
import { parseParams } from './params';
import type { ChosenTrunk } from './transfer-trunk';

type TransferParams = z.output<typeof schemas.transferParamsSchema>;

/** A target as the bot wrote it. */
interface WrittenTarget {
  text: unknown;
  path: string;
  transferChannel: unknown;
}

/** A target as it is called. */
type CalledTarget = Pick<NextTarget, 'target' | 'over'>;

/** Reads the parameters of a transfer, to one target or to several, one after the other. */
export function readTransfer(
  activityId: string,
  params: EffectiveParams,
  chooseTrunk: (transferChannel: unknown) => ChosenTrunk
): Reading<TransferRequest> {
  const parsed = parseParams(schemas.transferParamsSchema, params);
  const faults = 'faults' in parsed ? parsed.faults : [];
  const isPlan = goesByPlan(params);
  const targets = (isPlan ? plannedTargets(params) : [singleTarget(params)]).map((written) =>
    targetOf(written, chooseTrunk(written.transferChannel), faults)
  );
  const [target, ...others] = targets;
  if ('faults' in parsed || faults.length > 0 || target === undefined) return { faults };
  const request = transferRequest(activityId, target, parsed.value);
  return { value: isPlan ? withPlan(request, [target, ...others.filter(isCalled)], parsed.value) : request };
}

/** `transferTargets` counts, unless `transferTarget` comes from a place that goes before. */
function goesByPlan({ values, pathOf }: EffectiveParams): boolean {
  if (values['transferTargets'] === undefined) return false;
  const rank = (member: string): number =>
    ['activityParams', 'sessionParams', 'presets'].findIndex((place) => pathOf(member).includes(place));
  return values['transferTarget'] === undefined || rank('transferTargets') <= rank('transferTarget');
}

function singleTarget({ values, pathOf }: EffectiveParams): WrittenTarget {
  const { transferTarget: text, transferChannel } = values;
  return { text, path: pathText(pathOf('transferTarget')), transferChannel };
}

function plannedTargets({ values, pathOf }: EffectiveParams): WrittenTarget[] {
  const { transferTargets: written, transferChannel } = values;
  if (!Array.isArray(written)) return [];
  return written.map((planned: unknown, i) => {
    const path = [...pathOf('transferTargets'), i];
    const isObject = typeof planned === 'object' && planned !== null && 'transferTarget' in planned;
    if (!isObject) return { text: planned, path: pathText(path), transferChannel };
    const own = 'transferChannel' in planned ? planned.transferChannel : transferChannel;
    return { text: planned.transferTarget, path: pathText([...path, 'transferTarget']), transferChannel: own };
  });
}

/** What the schema has found wrong already is not said twice. */
function targetOf(
  { text, path }: WrittenTarget,
  { policy, over }: ChosenTrunk,
  faults: Fault[]
): CalledTarget | undefined {
  if (faults.some((fault) => fault.path === path)) return undefined;
  if (typeof text !== 'string') {
    if (text === undefined) faults.push({ path, message: 'is missing' });
    return undefined;
  }
  const reading = readTarget(text, policy);
  if ('target' in reading) return { target: reading.target, ...(over === undefined ? {} : { over }) };
  faults.push({ path, message: reading.fault });
  return undefined;
}

function isCalled(target: CalledTarget | undefined): target is CalledTarget {
  return target !== undefined;
}

function transferRequest(activityId: string, called: CalledTarget, params: TransferParams): TransferRequest {
  const { handoverReason, transferReferredByURL } = params;
  return {
    activityId,
    ...called,
    ...(handoverReason === undefined ? {} : { reason: handoverReason }),
    headers: params.transferSipHeaders,
    ...(transferReferredByURL === undefined ? {} : { referredBy: transferReferredByURL }),
    notifications: params.transferNotifications,
    notificationsHangupMs: params.transferNotificationsHangupMS,
    ...ownSettings(params),
    ...(params.continueCall === true ? { continueCall: true } : {}),
  };
}

/** Each target of a plan has its own settings, else those of the whole transfer. */
function withPlan(request: TransferRequest, targets: CalledTarget[], params: TransferParams): TransferRequest {
  const common = ownSettings(params);
  const [first, ...next] = targets.map((called, i): NextTarget => ({
    ...called,
    ...common,
    ...ownSettings(params.transferTargets?.[i] ?? {}),
  }));
  const planTimeoutMs = params.transferPlanTimeoutMS ?? TRANSFER_LIMITS.defaultPlanMs;
  return { ...request, ...first, next, planTimeoutMs, planLeastMs: TRANSFER_LIMITS.minTimeoutMs };
}

function ownSettings({
  transferMethod: method,
  transferTimeoutMS: timeoutMs,
}: Pick<TransferParams, 'transferMethod' | 'transferTimeoutMS'>): Omit<NextTarget, 'target'> {
  return { ...(method === undefined ? {} : { method }), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}
