import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Fault } from '../../contracts/failures';
import {
  AmbiguousTrunk,
  CallNotFound,
  CallNotReady,
  InvalidActivity,
  InvalidPageToken,
  TemporalUnavailable,
  TooManyWatches,
  TransferInProgress,
  TrunkDoesNotRegister,
  TrunkNotFound,
} from '../errors';

/** Problem details (RFC 9457). */
export interface Problem {
  /** `about:blank` where the status says it all, otherwise one of `PROBLEM_TYPES`. */
  type: string;
  title: string;
  status: ContentfulStatusCode;
  detail?: string;
  /** Of a 422: each fault with the path to it. */
  errors?: readonly Fault[];
}

/** Ends a request with a problem. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';

  constructor(readonly problem: Problem) {
    super(problem.title);
  }
}

const PROBLEM_TYPES = {
  invalidRequest: 'urn:durable-calls:problem:invalid-request',
  callNotFound: 'urn:durable-calls:problem:call-not-found',
  callNotReady: 'urn:durable-calls:problem:call-not-ready',
  transferInProgress: 'urn:durable-calls:problem:transfer-in-progress',
  tooManyWatches: 'urn:durable-calls:problem:too-many-watches',
  invalidConfig: 'urn:durable-calls:problem:invalid-config',
  trunkNotFound: 'urn:durable-calls:problem:trunk-not-found',
  trunkNotReady: 'urn:durable-calls:problem:trunk-not-ready',
  temporalUnavailable: 'urn:durable-calls:problem:temporal-unavailable',
} as const;

/** Phrases of RFC 9110 and RFC 6585 for problems whose type is `about:blank`. */
const TITLES: Readonly<Partial<Record<ContentfulStatusCode, string>>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

/** Seconds after which a client may ask again when Temporal is away or the API is full. */
const RETRY_AFTER_S = '2';

/** @returns a problem that its status describes */
export function plainProblem(status: ContentfulStatusCode, detail?: string): Problem {
  const title = TITLES[status] ?? `HTTP ${status}`;
  return { type: 'about:blank', title, status, ...(detail === undefined ? {} : { detail }) };
}

export function invalidRequest(errors: readonly Fault[]): Problem {
  return { type: PROBLEM_TYPES.invalidRequest, title: 'The request is not valid', status: 422, errors };
}

/** A configuration with faults, each with its place in its words. */
export function invalidConfig(faults: readonly string[]): Problem {
  const errors = faults.map((message) => ({ path: 'config', message }));
  return {
    type: PROBLEM_TYPES.invalidConfig,
    title: 'The configuration has faults: nothing is changed',
    status: 422,
    errors,
  };
}

/** @returns the problem that an error means to a client; undefined for one that is our own fault */
export function problemOf(err: unknown): Problem | undefined {
  if (err instanceof RequestRefused) return err.problem;
  if (err instanceof InvalidActivity) return invalidRequest(err.faults);
  if (err instanceof InvalidPageToken) return invalidRequest([{ path: 'pageToken', message: err.message }]);
  const [type, title, status] = kindOf(err) ?? [];
  if (type === undefined || title === undefined || status === undefined) return undefined;
  return { type, title, status, detail: err instanceof Error ? err.message : String(err) };
}

function kindOf(err: unknown): [type: string, title: string, status: ContentfulStatusCode] | undefined {
  if (err instanceof CallNotFound) return [PROBLEM_TYPES.callNotFound, 'No such call', 404];
  if (err instanceof CallNotReady) return [PROBLEM_TYPES.callNotReady, 'The call is not ready for this', 409];
  if (err instanceof TransferInProgress)
    return [PROBLEM_TYPES.transferInProgress, 'Another transfer is in progress', 409];
  if (err instanceof TrunkNotFound) return [PROBLEM_TYPES.trunkNotFound, 'No such trunk', 404];
  if (err instanceof AmbiguousTrunk || err instanceof TrunkDoesNotRegister)
    return [PROBLEM_TYPES.trunkNotReady, 'The trunk cannot do this', 409];
  if (err instanceof TooManyWatches) return [PROBLEM_TYPES.tooManyWatches, 'Too many calls are being watched', 503];
  if (err instanceof TemporalUnavailable) return [PROBLEM_TYPES.temporalUnavailable, 'Temporal is not available', 503];
  return undefined;
}

/** @param headers more header fields of the answer */
export function answerProblem(c: Context, problem: Problem, headers: Record<string, string> = {}): Response {
  const retry = problem.status === 503 ? { 'retry-after': RETRY_AFTER_S } : {};
  return c.body(JSON.stringify(problem), problem.status, {
    'content-type': 'application/problem+json',
    ...retry,
    ...headers,
  });
}
