import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { ParsedActivity, ReadActivities } from '../../contracts/activities-read';
import type { SpokenActivity } from '../../contracts/dialects';
import { ownPath, readPayload } from '../../contracts/dialects';
import type { Fault } from '../../contracts/failures';
import type { ReadContext } from '../../contracts/read-context';
import * as schemas from '../../contracts/schemas';
import { describeIssue, faultsOf, pathText } from '../../contracts/zod-faults';
import { changedParams } from './changed-params';
import type { EffectiveParams, Reading } from './params';
import { mapped, parseParams } from './params';
import type { SaidEvent } from './read-event';
import { readEvent } from './read-event';
import type { TrunkOfChannel } from './transfer-trunk';
import { trunkChooser } from './transfer-trunk';

/** Characters of JSON that the parameters for the rest of a call may have in all: a call carries them from run to run. */
const SESSION_PARAMS_LENGTH = 65_536;

type Envelope = z.output<typeof schemas.activitySchema>;

/**
 * Reads what a bot sent, in the words of its framework: one activity, a list, or `{activities: [...]}`. Each parameter is taken from
 * activityParams, else sessionParams, else the channel's presets, else its default. `sessionParams` hold from their activity on for the rest
 * of the call, or until they are set to null. Faults name the place in the bot's own words.
 * @param trunkOf finds what `transferChannel` names
 */
export function readActivities(
  payload: unknown,
  context: ReadContext,
  trunkOf: TrunkOfChannel = () => undefined
): ReadActivities {
  const chooseTrunk = trunkChooser({ trunk: context.trunk, policy: context.policy }, trunkOf);
  const said = readPayload(payload, context.dialect);
  if ('faults' in said) return said;
  if (said.activities.length === 0 && !isEmptyList(payload)) return { activities: [], sessionParams: {} };
  const count = schemas.activitiesSchema.safeParse(said.activities, { error: describeIssue });
  if (!count.success) return { faults: faultsOf(count.error, ['activities']) };
  let sessionParams = context.sessionParams ?? {};
  const readings = said.activities.map((spoken) => {
    const envelope = schemas.activitySchema.safeParse(spoken.activity, { error: describeIssue });
    if (!envelope.success) return { faults: envelopeFaults(envelope.error, spoken) };
    sessionParams = { ...sessionParams, ...envelope.data.sessionParams };
    if (isTooMuch(envelope.data, sessionParams)) return { faults: [tooMuch(spoken)] };
    const params = effectiveParams(envelope.data, spoken, context.presets, sessionParams);
    return withSessionFaults(
      delayed(readActivity(envelope.data, { params, spoken, chooseTrunk }), envelope.data),
      params
    );
  });
  const faults = readings.flatMap((reading) => ('faults' in reading ? reading.faults : []));
  if (faults.length > 0) return { faults };
  const activities = readings.flatMap((reading) => ('value' in reading ? [reading.value] : []));
  const changes = changesOf(context, sessionParams);
  return { activities, sessionParams, ...(Object.keys(changes).length === 0 ? {} : { changedParams: changes }) };
}

function isTooMuch({ sessionParams: given }: Envelope, standing: Record<string, unknown>): boolean {
  return Object.keys(given).length > 0 && JSON.stringify(withoutNulls(standing)).length > SESSION_PARAMS_LENGTH;
}

function tooMuch(spoken: SpokenActivity): Fault {
  const message = `have more than ${SESSION_PARAMS_LENGTH} characters of JSON in all; set those that are not needed to null`;
  return { path: pathText(ownPath(spoken, ['sessionParams'])), message };
}

function changesOf(context: ReadContext, sessionParams: Record<string, unknown>): Record<string, unknown> {
  const before = { ...context.presets, ...context.sessionParams };
  return changedParams(before, { ...context.presets, ...withoutNulls(sessionParams) });
}

/** Replies that say nothing to a telephone are no mistake, a list of nothing is. */
function isEmptyList(payload: unknown): boolean {
  const list =
    typeof payload === 'object' && payload !== null && 'activities' in payload ? payload.activities : payload;
  return Array.isArray(list) && list.length === 0;
}

function delayed(reading: Reading<ParsedActivity>, { delay }: Envelope): Reading<ParsedActivity> {
  return delay === 0 ? reading : mapped(reading, (activity) => ({ ...activity, delayMs: delay }));
}

/** Parameters for the rest of the call are looked at when they come, not only when an activity needs them. */
function withSessionFaults(reading: Reading<ParsedActivity>, { ofSession }: EffectiveParams): Reading<ParsedActivity> {
  const read = parseParams(schemas.sessionParamsSchema, ofSession);
  if (!('faults' in read)) return reading;
  const known = 'faults' in reading ? reading.faults : [];
  return { faults: [...known, ...read.faults.filter(({ path }) => !known.some((fault) => fault.path === path))] };
}

function envelopeFaults({ issues }: z.ZodError, spoken: SpokenActivity): Fault[] {
  return issues.map(({ path, message }) => ({ path: pathText(ownPath(spoken, path)), message }));
}

function readActivity(
  envelope: Envelope,
  said: Pick<SaidEvent, 'params' | 'spoken' | 'chooseTrunk'>
): Reading<ParsedActivity> {
  const { id = randomUUID() } = envelope;
  if (envelope.type === 'event') return readEvent({ id, name: envelope.name, value: envelope.value, ...said });
  return { value: { kind: 'prompt', id, name: 'message', content: envelope.text, notifiesFailure: false } };
}

function effectiveParams(
  { activityParams: written, sessionParams: ownSessionParams }: Envelope,
  spoken: SpokenActivity,
  presets: Record<string, unknown>,
  sessionParams: Record<string, unknown>
): EffectiveParams {
  const standing = withoutNulls(sessionParams);
  // One that is null was not given.
  const activityParams = withoutNulls(written);
  const pathOf = (member: string, ...below: PropertyKey[]): PropertyKey[] => {
    const path = [member, ...below];
    if (Object.hasOwn(activityParams, member)) return ownPath(spoken, ['activityParams', ...path]);
    if (Object.hasOwn(ownSessionParams, member)) return ownPath(spoken, ['sessionParams', ...path]);
    if (Object.hasOwn(standing, member)) return ['sessionParams', ...path];
    return Object.hasOwn(presets, member) ? ['presets', ...path] : ownPath(spoken, ['activityParams', ...path]);
  };
  const ofSession = {
    values: withoutNulls(ownSessionParams),
    pathOf: (...path: PropertyKey[]) => ownPath(spoken, ['sessionParams', ...path]),
  };
  return { values: { ...presets, ...standing, ...activityParams }, pathOf, ofSession };
}

function withoutNulls(params: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null));
}
