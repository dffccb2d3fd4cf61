import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { HoldConversationInput } from '../../contracts/connector';
import { payloadFault } from '../../contracts/payload-limits';
import { activitiesSentSignal, webSocketOpenedSignal } from '../../contracts/messages';
import type { EdgeReader } from '../bot/edge-reader';
import type { Log } from '../log';
import { askBot, unreachable } from './ask-bot';
import { activitiesSchema, refreshedSchema } from './bot-answers';
import { holdSocket } from './bot-socket';
import { pause } from './pause';
import { keepRefreshed } from './refresh';
import type { LineToCall } from './tell-call';
import { tellCall } from './tell-call';

export interface HoldOptions {
  client: Pick<Client, 'workflow'>;
  /** Read anew for each request: it may have changed. */
  token: () => string | undefined;
  log: Pick<Log, 'warn'>;
  reader?: Pick<EdgeReader, 'read'>;
  /** The worker stops: another one is to go on. */
  stopping?: AbortSignal;
}

/** Of the time-out: one that is late does no harm. */
const HEARTBEAT_AFTER = 1 / 3;

/** The shortest time-out that calls ask for, in ms. */
const LEAST_HEARTBEAT_TIMEOUT_MS = 1_000;

/** A WebSocket that is left has so many ms until it is closed and what came over it is told: well within a worker's stop. */
const LEAVE_WITHIN_MS = 2_000;

/** Ms from one pushed frame to the next that is read: no more than 20 signals a second. */
const FRAME_EVERY_MS = 50;

/** See `ConnectorActivities.holdConversation`. What a bot has pushed is told to the call, or logged, before it ends. */
export async function holdConversation(input: HoldConversationInput, options: HoldOptions): Promise<void> {
  const context = Context.current();
  const stop = new AbortController();
  const signal = AbortSignal.any([context.cancellationSignal, stop.signal]);
  const { heartbeatTimeoutMs = LEAST_HEARTBEAT_TIMEOUT_MS } = context.info;
  const heartbeats = setInterval(() => context.heartbeat(), heartbeatTimeoutMs * HEARTBEAT_AFTER);
  const listening = listen(input, options, signal);
  try {
    // Each goes on until the cancellation, or fails.
    await Promise.all([
      context.cancelled,
      handedOver(options, signal),
      ...refreshing(input, options, context.info.attempt > 1, signal),
      listening,
    ]);
  } finally {
    stop.abort();
    await Promise.allSettled([listening]);
    clearInterval(heartbeats);
  }
}

/** Fails when the worker stops, to run again elsewhere. */
function handedOver({ stopping }: HoldOptions, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const handOver = (): void => reject(unreachable('the worker stops'));
    if (stopping?.aborted === true) handOver();
    else stopping?.addEventListener('abort', handOver, { signal });
  });
}

function refreshing(
  { conversation, refresh, timeoutMs }: HoldConversationInput,
  { token }: HoldOptions,
  isAgain: boolean,
  signal: AbortSignal
): Promise<void>[] {
  if (!refresh) return [];
  const { url, expiresS, isDue } = refresh;
  const body = { conversation };
  const ask = () => askBot({ method: 'POST', url, token: token(), body, timeoutMs, answer: refreshedSchema }, signal);
  return [keepRefreshed({ expiresS, isDue: isDue || isAgain, ask }, signal)];
}

async function listen(input: HoldConversationInput, options: HoldOptions, leave: AbortSignal): Promise<void> {
  const { conversation: callId, webSocketUrl: url, timeoutMs, deadlineMs } = input;
  if (url === undefined) return;
  const { client, token, log, reader } = options;
  const cutOff = abortedAfter(leave, LEAVE_WITHIN_MS);
  const line = { client, log, callId, giveUp: cutOff };
  const onText = async (text: string): Promise<void> => {
    const pushed = pushedActivities(text, callId);
    if ('fault' in pushed) log.warn({ callId, fault: pushed.fault }, 'a frame of the bot was ignored');
    else if (pushed.activities.length > 0) await tellPushed(line, { activities: pushed.activities }, reader);
    await pause(FRAME_EVERY_MS, leave);
  };
  const onOpen = (): Promise<void> => tellCall(line, webSocketOpenedSignal);
  const onCutOff = (): void =>
    log.warn({ callId }, 'the WebSocket of a bot was cut off: what it pushed last may be lost');
  await holdSocket({ url, token, timeoutMs, deadlineMs, onOpen, onText, onCutOff }, { leave, cutOff });
}

async function tellPushed(line: LineToCall, payload: object, reader: HoldOptions['reader']): Promise<void> {
  const edge = await reader?.read(line.callId, payload);
  await tellCall(line, activitiesSentSignal, payload, ...(edge ? [edge] : []));
}

/** A signal that comes so many ms after another one. */
function abortedAfter(signal: AbortSignal, ms: number): AbortSignal {
  const later = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => later.abort(), ms).unref(), { once: true });
  return later.signal;
}

/** The activities of a frame, each with an id: a signal that is sent twice has one effect. */
export function pushedActivities(text: string, conversation: string): { activities: unknown[] } | { fault: string } {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return { fault: 'it is not JSON' };
  }
  const parsed = activitiesSchema.safeParse(frame);
  if (!parsed.success) return { fault: 'it is not {activities: [...]}' };
  const { conversation: about = conversation, activities } = parsed.data;
  if (about !== conversation) return { fault: 'it is about another conversation' };
  const fault = payloadFault(activities ?? []);
  return fault ? { fault: `it ${fault.message}` } : { activities: (activities ?? []).map(withId) };
}

function withId(activity: unknown): unknown {
  if (typeof activity !== 'object' || activity === null || 'id' in activity) return activity;
  return { ...activity, id: randomUUID() };
}
