import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { answerProblem, plainProblem } from './problem';

/** So much of a body that is too long is read, in bytes and ms. */
const READ_BYTES = 8 * 1024 * 1024;
const READ_MS = 2_000;

/** Refuses longer bodies. What the client is still sending is read first: a connection that closes meanwhile would lose it the answer. */
export function limitBody(maxBytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBytes,
    onError: async (c) => {
      const { body } = c.req.raw;
      if (body && !body.locked) await discard(body);
      return answerProblem(c, plainProblem(413, `the body is longer than ${maxBytes} bytes`), { connection: 'close' });
    },
  });
}

async function discard(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  const timer = setTimeout(() => void reader.cancel(), READ_MS);
  for (let bytes = 0; bytes < READ_BYTES;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
  }
  clearTimeout(timer);
}
