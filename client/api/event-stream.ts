import type { CallEvent } from '../call-watch';

/** Ms after which a client that lost the stream asks again, by the `retry` field. */
const RETRY_MS = 1000;

/** A comment in a quiet stream keeps what lies between from closing it. */
const KEEP_ALIVE_MS = 15_000;

/** Event id of the end: a client that asks for what comes after it has heard everything. */
export const END_EVENT_ID = 'end';

/**
 * Server-sent events (WHATWG HTML, section 9.2): `timeline` events with the number of the entry as id, then one `end`. A client that does
 * not read is not written to; one that goes stops the watch.
 */
export function eventStream(
  watch: AsyncIterableIterator<CallEvent>,
  keepAliveMs: number = KEEP_ALIVE_MS
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let keepAlive: NodeJS.Timeout | undefined;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
      keepAlive = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(': keep-alive\n\n'));
      }, keepAliveMs);
    },
    async pull(controller) {
      try {
        const step: IteratorResult<CallEvent, unknown> = await watch.next();
        if (step.done !== true) {
          controller.enqueue(encoder.encode(eventText(step.value)));
          return;
        }
      } catch {
        // The client asks again and hears then what is wrong.
      }
      clearInterval(keepAlive);
      controller.close();
    },
    async cancel() {
      clearInterval(keepAlive);
      await watch.return?.();
    },
  });
}

function eventText(event: CallEvent): string {
  const [id, data] = event.kind === 'timeline' ? [event.entry.n, event.entry] : [END_EVENT_ID, event.end ?? {}];
  return `event: ${event.kind}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
