import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Problem details (RFC 9457) of type `about:blank`: the status says what happened. */
interface Problem {
  type: 'about:blank';
  title: string;
  status: ContentfulStatusCode;
  detail?: string;
}

/** Phrases of RFC 9110. */
const titles: Readonly<Partial<Record<ContentfulStatusCode, string>>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  500: 'Internal Server Error',
};

/** Ends a request with a problem. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';

  constructor(
    readonly status: ContentfulStatusCode,
    detail: string
  ) {
    super(detail);
  }
}

export function answerProblem(
  c: Context,
  status: ContentfulStatusCode,
  detail?: string,
  headers: Record<string, string> = {}
): Response {
  const title = titles[status] ?? `HTTP ${status}`;
  const problem: Problem = { type: 'about:blank', title, status, ...(detail === undefined ? {} : { detail }) };
  return c.body(JSON.stringify(problem), status, { 'content-type': 'application/problem+json', ...headers });
}
