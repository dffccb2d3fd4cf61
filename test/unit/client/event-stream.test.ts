import { describe, it, expect, jest } from '@jest/globals';
import type { CallEvent } from '../../../client/call-watch';
import { eventStream } from '../../../client/api/event-stream';
import { createApi } from '../../../client/api/api';
import { serveApi } from '../../../client/api/serve';
import { ask, callId, expectProblem, fakeCalls, fakeOperator, silent, view, watchOf } from './api-client';

const entry = { n: 7, at: view.startedAt, event: 'BotAnswered', detail: 'line\nbreak' };
const end = { reasonCode: 'transferred', reason: 'done', by: 'transfer' } as const;
const eventsPath = `/v1/calls/${callId}/events`;

type Leave = jest.Mock<() => Promise<IteratorResult<CallEvent>>>;

/** A watch that nothing is heard of. */
function silence(): { watch: AsyncIterableIterator<CallEvent>; leave: Leave } {
  const done = { done: true as const, value: undefined };
  let stopWaiting: (result: IteratorResult<CallEvent>) => void = () => undefined;
  const leave: Leave = jest.fn(() => {
    stopWaiting(done);
    return Promise.resolve(done);
  });
  const watch: AsyncIterableIterator<CallEvent> = {
    next: () => new Promise((resolve) => (stopWaiting = resolve)),
    return: leave,
    [Symbol.asyncIterator]: () => watch,
  };
  return { watch, leave };
}

describe('a stream of events', () => {
  it('names each by the number of its entry, and the end by its name', async () => {
    const calls = fakeCalls();
    calls.watch.mockResolvedValue(watchOf({ kind: 'timeline', entry }, { kind: 'end', end }));
    const api = createApi({ calls, ...fakeOperator(), log: silent });
    const answer = await api.request(eventsPath, { headers: { 'Last-Event-ID': '6' } });
    expect(calls.watch).toHaveBeenCalledWith(callId, { after: 6 });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toBe(
      `retry: 1000\n\nevent: timeline\nid: 7\ndata: ${JSON.stringify(entry)}\n\nevent: end\nid: end\ndata: ${JSON.stringify(end)}\n\n`
    );
  });

  it('is kept alive in a quiet call, and leaves the call when its reader goes', async () => {
    const { watch, leave } = silence();
    const reader = eventStream(watch, 5).getReader();
    const heard = [await reader.read(), await reader.read(), await reader.read()];
    const texts = heard.map(({ value }) => new TextDecoder().decode(value));
    expect(texts).toEqual(['retry: 1000\n\n', ': keep-alive\n\n', ': keep-alive\n\n']);
    await reader.cancel();
    expect(leave).toHaveBeenCalledTimes(1);
  });

  it('is closed when the watch fails: the client asks again', async () => {
    async function* broken(): AsyncGenerator<CallEvent> {
      yield await Promise.resolve({ kind: 'timeline' as const, entry });
      throw new Error('Temporal is away');
    }
    expect(await new Response(eventStream(broken())).text()).toMatch(/id: 7\ndata: .*\n\n$/);
  });

  it('leaves the call when the client’s connection breaks', async () => {
    const { watch, leave } = silence();
    const calls = fakeCalls();
    calls.watch.mockResolvedValue(watch as unknown as Awaited<ReturnType<typeof calls.watch>>);
    const served = await serveApi(createApi({ calls, ...fakeOperator(), log: silent }), { host: '127.0.0.1', port: 0 });
    const gone = new Promise<void>((resolve) => {
      leave.mockImplementation(() => {
        resolve();
        return Promise.resolve({ done: true, value: undefined });
      });
    });
    const client = new AbortController();
    const answer = await fetch(`${served.url}${eventsPath}`, { signal: client.signal });
    expect(answer.status).toBe(200);
    client.abort();
    await gone;
    await served.close();
  });

  it('is not opened for one who has heard the end, or who only asks for the head', async () => {
    const calls = fakeCalls();
    const api = createApi({ calls, ...fakeOperator(), log: silent });
    expect((await api.request(eventsPath, { headers: { 'Last-Event-ID': 'end' } })).status).toBe(204);
    expect((await api.request(eventsPath, { method: 'HEAD' })).headers.get('content-type')).toBe('text/event-stream');
    expect(calls.watch).not.toHaveBeenCalled();
  });

  it.each(['-1', '1.5', 'last', '9'.repeat(20)])('does not go on after an event that it never had: %s', async (id) => {
    const answer = await ask(eventsPath, { headers: { 'Last-Event-ID': id } });
    expectProblem(answer, 422);
    expect(answer.body.errors).toEqual([{ path: 'last-event-id', message: expect.any(String) }]);
  });
});
