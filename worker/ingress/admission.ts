import { Runtime } from '@temporalio/worker';
import type { Answer, IncomingRequest } from '../../activities/sip/port';
import { descriptionFault } from '../../activities/sip/session-description';
import type { Config } from '../../config/config';
import type { CallId } from '../../contracts/ids';
import type { TrunkLoad } from '../trunks/trunk-load';
import type { TrunkStates } from '../trunks/trunk-states';
import type { NoRoute, Route } from './routing';
import { findRoute } from './routing';

/** An answer to an INVITE that becomes no call. `reason` goes on the wire and, with the trunk, into the log. */
export interface Refusal extends Answer {
  reason: string;
  trunk?: string;
}

export interface AdmissionParts {
  config: Config;
  load: Pick<TrunkLoad, 'take'>;
  states: Pick<TrunkStates, 'of'>;
}

/**
 * 486 over the limit: it is this number that is busy, while 503 would make the caller's proxy avoid the whole node (RFC 3261 section
 * 21.5.4). 480 while not registered, and for a bot that is missing: "not logged in" is its example in section 21.4.18.
 */
const NO_ROUTE: Record<NoRoute['why'], { status: number; reason: string }> = {
  'unknown-source': { status: 403, reason: 'Source is on no trunk' },
  'unknown-number': { status: 404, reason: 'No bot at this number' },
  'no-calls': { status: 403, reason: 'Trunk takes no calls' },
  'no-bot': { status: 480, reason: 'No bot at this trunk' },
};

/** Finds the trunk and bot of a caller's INVITE, or says why there is no call to be. */
export async function admit(
  request: IncomingRequest,
  callId: CallId,
  { config, load, states }: AdmissionParts
): Promise<Route | Refusal> {
  const { sourceAddress, uri, target, to } = request;
  const route = findRoute(config, { sourceAddress, uri, dialled: target?.user ?? '', to: to.user });
  if ('why' in route) return { ...NO_ROUTE[route.why], ...(route.trunk === undefined ? {} : { trunk: route.trunk }) };
  const { id: trunk, requireRegistered, maxCalls } = route.trunk;
  const fault = bodyFault(request);
  if (fault) return { ...fault, trunk };
  if (requireRegistered && (await states.of(trunk))?.registration !== 'registered')
    return { status: 480, reason: 'Trunk is not registered', trunk };
  if (maxCalls !== undefined && !(await load.take(trunk, callId, maxCalls)))
    return { status: 486, reason: 'Trunk has as many calls as it may', trunk };
  return route;
}

/** Counts a refusal, by its status and trunk, in the metrics of the worker. */
export function countRefusal({ status, trunk = 'none' }: Refusal): void {
  refusals ??= Runtime.instance().metricMeter.createCounter(
    'durable_calls_refused',
    'calls',
    'Calls that were refused'
  );
  refusals.add(1, { status: String(status), trunk });
}

let refusals: ReturnType<Runtime['metricMeter']['createCounter']> | undefined;

/** Why a body is not to be taken for an offer. */
export function bodyFault(request: IncomingRequest): Refusal | undefined {
  if (request.body === '') return undefined;
  if (!/^\s*application\/sdp\s*(;|$)/i.test(request.header('Content-Type') ?? ''))
    return { status: 415, reason: 'Unsupported Media Type', headers: { Accept: 'application/sdp' } };
  const fault = descriptionFault(request.body);
  if (fault === undefined) return undefined;
  return { status: 488, reason: 'Not Acceptable Here', headers: { Warning: `399 durable-calls "${fault}"` } };
}
