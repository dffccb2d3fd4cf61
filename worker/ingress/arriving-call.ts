import type { Log } from '../../activities/log';
import type { IncomingRequest, SipPort } from '../../activities/sip/port';
import { SESSION_TIMER } from '../../activities/sip/session-timer';
import { within } from '../../activities/within';
import type { CallerAnswer, CallInput } from '../../contracts/call';
import type { CallId } from '../../contracts/ids';
import { legTag } from '../../contracts/ids';
import { callerCancelledSignal, callerGoneSignal } from '../../contracts/messages';
import type { AdmissionParts, Refusal } from './admission';
import { admit, countRefusal } from './admission';
import type { CallGateway } from './call-gateway';
import { callIdOf, callInput } from './call-input';
import { isServed } from './is-served';
import { receiveReturnedCall } from './returned-call';

/** How long a caller waits for Temporal to take the call before it is sent elsewhere, in ms. */
const TEMPORAL_LIMIT_MS = 2_000;

/** How much longer it waits for a worker when Temporal has the call, in ms: several workflow task time-outs. */
const WORKER_LIMIT_MS = 8_000;

const RETRY_AFTER_S = 5;

interface Parts extends AdmissionParts {
  gateway: CallGateway;
  port: SipPort;
  log: Log;
}

/** A caller's INVITE: found its trunk and bot, made a workflow, answered with what the workflow says. */
export async function arrive(request: IncomingRequest, parts: Parts): Promise<void> {
  const { config, gateway, port, log } = parts;
  // Before the first await: a CANCEL may follow in the same read.
  const cancelled = new Promise<void>((resolve) => request.onCancel(resolve));
  if (await receiveReturnedCall(request, cancelled, parts)) return;
  const callId = callIdOf(request);
  const admission = await admit(request, callId, parts);
  if ('status' in admission) {
    await refuse(request, admission, log);
    return;
  }
  const input = callInput(request, callId, admission, config);
  const answering = await opened(gateway, input, log);
  void cancelled.then(() => gateway.signal(callId, callerCancelledSignal));
  if (!answering) {
    await request.respond({ status: 503, headers: { 'Retry-After': String(RETRY_AFTER_S) } });
    return;
  }
  const decided = await answering();
  const isAnswered = await answer(request, callId, decided);
  if (!isAnswered && !(await isServed(request, port))) await gateway.signal(callId, callerGoneSignal);
}

async function refuse(request: IncomingRequest, refusal: Refusal, log: Log): Promise<void> {
  const { sourceAddress, sipCallId, uri } = request;
  const { status, reason, trunk } = refusal;
  log.warn({ sourceAddress, sipCallId, uri, status, trunk }, `${reason}: ${uri} from ${sourceAddress}`);
  countRefusal(refusal);
  await request.respond(refusal);
}

/** Asks Temporal within the limit. What lands later is told that its caller is gone. */
async function opened(
  gateway: CallGateway,
  input: CallInput,
  log: Log
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

/** @returns false when a 200 was not taken */
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
