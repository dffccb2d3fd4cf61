import { doubledNames } from '../../contracts/json-text';
import { payloadFault } from '../../contracts/payload-limits';
import type { UnreadAnswer } from '../../contracts/unread-answer';
import { readBody } from '../read-body';

/** An answer is read up to here, so that its connection can serve again; a longer one is cut off. */
const MAX_ANSWER_BYTES = 64 * 1024;

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/**
 * What a webhook answered with a 2xx. Webhooks answer with all kinds of things: only what says that it is JSON and is none is a mistake.
 * @returns undefined for what asks for nothing
 */
export async function webhookAnswer(answer: Response): Promise<unknown> {
  const unread = (why: string): UnreadAnswer | undefined =>
    JSON_TYPE.test(answer.headers.get('content-type') ?? '') ? { unreadAnswer: why } : undefined;
  let body: Buffer | undefined;
  try {
    body = await readBody(answer, MAX_ANSWER_BYTES);
  } catch {
    return unread('the answer did not come whole');
  }
  if (body === undefined) return unread(`the answer has more than ${MAX_ANSWER_BYTES} bytes`);
  if (body.toString('latin1').trim() === '') return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const value: unknown = JSON.parse(text);
    const [doubled] = doubledNames(text);
    if (doubled) return { unreadAnswer: `the answer has a name twice, ${doubled.path}` };
    const fault = payloadFault(value);
    return fault ? { unreadAnswer: `the answer ${fault.message}` } : value;
  } catch {
    return unread('the answer is not JSON in UTF-8');
  }
}
