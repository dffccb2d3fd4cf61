import type { Context } from 'hono';
import { doubledNames } from '../../contracts/json-text';
import { invalidRequest, plainProblem, RequestRefused } from './problem';

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([\w-]+)/i;

/**
 * The JSON of a request's body.
 * @throws RequestRefused for another media type, charset or content coding (415), what is no JSON in UTF-8 (400), and names that are given
 * more than once (422)
 */
export async function readJson(c: Context): Promise<unknown> {
  requireJson(c);
  const text = decoded(await c.req.arrayBuffer());
  const value = parsed(text);
  const faults = doubledNames(text);
  if (faults.length > 0) throw new RequestRefused(invalidRequest(faults));
  return value;
}

function requireJson({ req }: Context): void {
  const mediaType = req.header('content-type') ?? '';
  const charset = CHARSET.exec(mediaType)?.[1] ?? 'utf-8';
  if (!JSON_TYPE.test(mediaType) || !/^utf-?8$/i.test(charset))
    throw new RequestRefused(plainProblem(415, 'send application/json in UTF-8'));
  if ((req.header('content-encoding') ?? 'identity').toLowerCase() !== 'identity')
    throw new RequestRefused(plainProblem(415, 'send the body without a content coding'));
}

function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RequestRefused(plainProblem(400, 'the body is not UTF-8'));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (err) {
    throw new RequestRefused(plainProblem(400, `the body is not JSON: ${(err as Error).message}`));
  }
}
