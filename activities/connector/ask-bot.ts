import { TextDecoder } from 'node:util';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import type { z } from 'zod';
import type { BotRefusal } from '../../contracts/connector';
import { FAILURE } from '../../contracts/failures';
import { describeIssue, faultsOf } from '../../contracts/zod-faults';
import { causeText } from '../fetch-failure';
import { isFinalRefusal } from '../final-refusal';
import { readBody } from '../read-body';

/** The longest answer that is taken, in bytes. */
export const MAX_ANSWER_BYTES = 256 * 1024;

/** A bot that asks for a longer pause than this, in seconds, is asked again before: callers wait meanwhile. */
const LONGEST_PAUSE_S = 10;

export interface BotQuestion<Answer> {
  method: 'GET' | 'POST';
  url: string;
  token?: string | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** From the connection to the end of the answer, in ms. */
  timeoutMs: number;
  answer: z.ZodType<Answer>;
}

/**
 * One request to a bot. Redirects are not followed: the token is for the bot alone.
 * @throws BotUnreachable with a `BotRefusal`; not retryable for a 4xx that will not pass
 */
export async function askBot<Answer>(
  { method, url, token, body, timeoutMs, answer: schema }: BotQuestion<Answer>,
  cancellation: AbortSignal
): Promise<Answer> {
  const signal = AbortSignal.any([cancellation, AbortSignal.timeout(timeoutMs)]);
  const headers = {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, { method, headers, ...content, redirect: 'manual', signal });
    text = await readText(answer);
  } catch (err) {
    if (cancellation.aborted) throw new CancelledFailure('cancelled');
    throw err instanceof ApplicationFailure ? err : unreachable(`the bot did not answer: ${causeText(err)}`);
  }
  if (!answer.ok) throw refused(answer);
  return read(text, schema);
}

async function readText(answer: Response): Promise<string> {
  const body = await readBody(answer, MAX_ANSWER_BYTES);
  if (!body) throw unreachable(`the bot's answer is longer than ${MAX_ANSWER_BYTES} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw unreachable("the bot's answer is not UTF-8");
  }
}

function read<Answer>(text: string, schema: z.ZodType<Answer>): Answer {
  const parsed = schema.safeParse(jsonOf(text), { error: describeIssue });
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error).map(({ path, message }) => `${path === '' ? 'it' : path} ${message}`);
  throw unreachable(`the bot's answer is not of the Bot API: ${faults.join('; ')}`);
}

/** An empty body stands for an empty object. */
function jsonOf(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw unreachable("the bot's answer is not JSON");
  }
}

function refused({ status, headers }: Response): ApplicationFailure {
  const retryAfterS = Number(headers.get('retry-after') ?? NaN);
  return unreachable(`the bot answered ${status}`, isFinalRefusal(status), {
    status,
    ...(Number.isFinite(retryAfterS) && retryAfterS > 0 ? { retryAfterS } : {}),
  });
}

/** @param isFinal not to be repeated */
export function unreachable(message: string, isFinal = false, refusal: BotRefusal = {}): ApplicationFailure {
  const pause = refusal.retryAfterS === undefined ? {} : { nextRetryDelay: pauseMs(refusal.retryAfterS) };
  return ApplicationFailure.create({
    type: FAILURE.BOT_UNREACHABLE,
    message,
    nonRetryable: isFinal,
    details: [refusal],
    category: ApplicationFailureCategory.BENIGN,
    ...pause,
  });
}

function pauseMs(retryAfterS: number): number {
  return Math.min(retryAfterS, LONGEST_PAUSE_S) * 1000;
}
