import type { IncomingRequest } from '../../activities/sip/port';
import { descriptionFault } from '../../activities/sip/session-description';
import { SESSION_TIMER } from '../../activities/sip/session-timer';
import type { CallerAnswer, CallInput } from '../../contracts/call';
import type { CallId } from '../../contracts/ids';
import { legTag } from '../../contracts/ids';
import { callerCancelledSignal, callerGoneSignal } from '../../contracts/messages';
import type { Config } from '../../config/config';
import type { Route } from '../routing';
import { findRoute } from '../routing';
import type { CallGateway } from './call-gateway';
import { callInput } from './call-input';
import type { IngressLog } from './ingress-log';

/** How long a caller waits for Temporal to take the call before it is sent elsewhere, in ms. */
const TEMPORAL_LIMIT_MS = 2_000;

/** How much longer it waits for a worker when Temporal has the call, in ms: several workflow task time-outs. */
const WORKER_LIMIT_MS = 8_000;

const RETRY_AFTER_S = 5;

interface Parts {
  config: Config;
  gateway: CallGateway;
  log: IngressLog;
}

/** A caller's INVITE: found its trunk and bot, made a workflow, answered with what the workflow says. */
export async function arrive(request: IncomingRequest, { config, gateway, log }: Parts): Promise<void> {
  // Before the first await: a CANCEL may follow in the same read.
  const cancelled = new Promise<void>((resolve) => request.onCancel(resolve));
  const refusal = refusalOf(request, config);
  if ('status' in refusal) {
    const { sourceAddress, sipCallId, uri } = request;
    log.warn(
      { sourceAddress, sipCallId, uri, status: refusal.status },
      `${refusal.reason}: ${uri} from ${sourceAddress}`
    );
    await request.respond(refusal);
    return;
  }
  const input = callInput(request, refusal, config);
  const { callId } = input;
  const answering = await opened(gateway, input, log);
  void cancelled.then(() => gateway.signal(callId, callerCancelledSignal));
  if (!answering) {
    await request.respond({ status: 503, headers: { 'Retry-After': String(RETRY_AFTER_S) } });
    return;
  }
  if (!(await answer(request, callId, await answering()))) await gateway.signal(callId, callerGoneSignal);
}

/** Asks Temporal within the limit. What lands later is told that its caller is gone. */
async function opened(
  gateway: CallGateway,
  input: CallInput,
  log: IngressLog
): Promise<(() => Promise<CallerAnswer>) | undefined> {
  const { callId } = input;
  const opening = gateway.open(input);
  try {
    const answering =
      (await within(TEMPORAL_LIMIT_MS, opening)) ??
      // Temporal has the call and no worker has taken it yet: one may have died with the task.
      ((await gateway.has(callId)) ? await within(WORKER_LIMIT_MS, opening) : undefined);
    if (!answering) void opening.then(() => gateway.signal(callId, callerGoneSignal)).catch(() => undefined);
    return answering;
  } catch (err) {
    log.warn({ callId, err: String(err) }, 'Temporal did not take the call');
    return undefined;
  }
}

async function within<Result>(limitMs: number, work: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), limitMs)));
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/** @returns false when nobody was left to answer with a 200 */
async function answer(
  request: IncomingRequest,
  callId: CallId,
  { sipStatus, sdp, retryAfterS }: CallerAnswer
): Promise<boolean> {
  const isSent = await request.respond({
    status: sipStatus,
    toTag: legTag(callId, { kind: 'caller', attempt: 0 }),
    headers: {
      ...(sdp === undefined ? {} : { 'Content-Type': 'application/sdp', ...SESSION_TIMER }),
      ...(retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) }),
    },
    ...(sdp === undefined ? {} : { body: sdp }),
  });
  return isSent || sipStatus >= 300;
}

function refusalOf(
  request: IncomingRequest,
  config: Config
): Route | { status: number; reason: string; headers?: Record<string, string> } {
  const dialled = request.target?.user ?? '';
  const route = findRoute(config, { sourceAddress: request.sourceAddress, dialled });
  if (route === 'unknown-source') return { status: 403, reason: 'Source is on no trunk' };
  if (route === 'unknown-number') return { status: 404, reason: 'No bot at this number' };
  const type = request.header('Content-Type') ?? '';
  if (request.body === '') return route;
  if (!/^\s*application\/sdp\s*(;|$)/i.test(type))
    return { status: 415, reason: 'Unsupported Media Type', headers: { Accept: 'application/sdp' } };
  const fault = descriptionFault(request.body);
  if (fault === undefined) return route;
  return { status: 488, reason: 'Not Acceptable Here', headers: { Warning: `399 durable-calls "${fault}"` } };
}
