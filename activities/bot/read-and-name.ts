import { createHash } from 'node:crypto';
import type { ReadActivities } from '../../contracts/activities-read';
import type { CallInput } from '../../contracts/call';
import { NO_PARAMS } from '../../contracts/edge-reading';
import type { ReadContext } from '../../contracts/read-context';
import { paramsAfter, readContextOf } from '../../contracts/read-context';
import { readActivities } from './read-activities';
import type { TrunkOfChannel } from './transfer-trunk';

/** Hexadecimal digits of a name: 80 bits. */
const NAME_LENGTH = 20;

/** As `readActivities`, and names the parameters that it leaves. */
export function readAndName(payload: unknown, context: ReadContext, trunkOf?: TrunkOfChannel): ReadActivities {
  const reading = readActivities(payload, context, trunkOf);
  if ('faults' in reading) return reading;
  return { ...reading, paramsName: paramsName(paramsAfter(context.sessionParams ?? {}, reading.sessionParams)) };
}

/** `CallInput.contextName`: the same for calls whose bots' words mean the same. */
export function contextName(input: Pick<CallInput, 'trunk' | 'channel'>): string {
  return nameOf(readContextOf(input, {}));
}

function paramsName(params: Record<string, unknown>): string {
  return Object.keys(params).length === 0 ? NO_PARAMS : nameOf(params);
}

function nameOf(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, NAME_LENGTH);
}
