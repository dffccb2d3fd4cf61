import { cancellationSignal } from '@temporalio/activity';
import { causeText } from './fetch-failure';
import { heartbeating } from './heartbeating';

export interface Post {
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  body: string;
  /** From the connection to the answer. */
  timeoutMs: number;
}

/**
 * One POST of JSON out of an activity. Redirects are not followed: the URL alone is trusted.
 * @returns why it was not taken; undefined after a 2xx
 */
export async function postOnce(
  post: typeof fetch,
  { url, headers, body, timeoutMs }: Post
): Promise<string | undefined> {
  const signal = AbortSignal.any([cancellationSignal(), AbortSignal.timeout(timeoutMs)]);
  const request = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, signal };
  try {
    const answer = await heartbeating(() => post(url, { ...request, redirect: 'manual' }));
    await answer.body?.cancel();
    return answer.ok ? undefined : `answered ${answer.status}`;
  } catch (err) {
    return causeText(err);
  }
}
