import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, it, expect } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createBotActivities } from '../../../activities/bot/post-events';
import { body, failureOf, log, startBot } from './webhook';

describe('postEvents', () => {
  it('POSTs the events as JSON and takes any 2xx', async () => {
    const { webhook, received } = await startBot((res) => res.writeHead(202).end('{"thanks":true}'));
    expect(await failureOf(webhook)).toBeUndefined();
    expect(received).toEqual([{ method: 'POST', contentType: 'application/json', body }]);
  });

  it('tells a bot of another framework one event at a time, and after a failure goes on with the first it did not take', async () => {
    const digits = ['1', '2', '3'].map((value, i) => ({
      ...{ id: `d${i}`, timestamp: '2025-01-02T03:04:05.006Z', type: 'event' as const },
      ...{ name: 'DTMF' as const, value },
    }));
    let isDown = true;
    const { webhook, received } = await startBot((res) => {
      const isRefused = received.length === 2 && isDown;
      res
        .writeHead(isRefused ? 503 : 200)
        .end(JSON.stringify({ replies: [{ type: 'text', text: `${received.length}` }] }));
    });
    const post = createBotActivities({ log });
    const input = { webhook, body: { conversation: body.conversation, activities: digits }, dialect: 'jaicp' } as const;
    const first = new MockActivityEnvironment();
    let progress: unknown;
    first.on('heartbeat', (details: unknown) => (progress = details));
    await expect(first.run(() => post.postEvents(input))).rejects.toThrow('503');
    isDown = false;
    const said = await new MockActivityEnvironment({ heartbeatDetails: progress }).run(() => post.postEvents(input));
    expect(received.map(({ body: told }) => (told as { query: string }).query)).toEqual(['1', '2', '2', '3']);
    const texts = (said as { replies: { text: string }[] }[]).map(({ replies }) => replies[0]?.text);
    expect(texts).toEqual(['1', '3', '4']);
  });

  it.each([
    ['nothing', '', undefined],
    ['no JSON', 'thanks', undefined],
    ['JSON that asks for nothing', '{"status":"ok"}', undefined],
    ['bytes that are no UTF-8', Buffer.from('7b2261637469766974696573223a5b22ff225d7d', 'hex'), undefined],
    ['more than 64 KiB', JSON.stringify({ activities: ['x'.repeat(70_000)] }), undefined],
    ['an activity', '{"type":"event","name":"hangup"}', [{ type: 'event', name: 'hangup' }]],
  ])('returns what the bot asks for in its answer: %s', async (_, answer, asked) => {
    const { webhook } = await startBot((res) => res.end(answer));
    const activities = createBotActivities({ log });
    await expect(new MockActivityEnvironment().run(() => activities.postEvents({ webhook, body }))).resolves.toEqual(
      asked
    );
  });

  it('has answers read in order for a workflow that takes what is read', async () => {
    const { webhook, received } = await startBot((res) =>
      res.end(`{"replies":[{"type":"text","text":"${received.length}"}]}`)
    );
    const asked: unknown[] = [];
    const edge = { asOf: 'now', reading: { activities: [], sessionParams: {} } };
    const readInOrder = (...args: unknown[]) => {
      asked.push(args);
      return Promise.resolve([undefined, edge]);
    };
    const post = createBotActivities({ log, reader: { readInOrder } });
    const events = { conversation: body.conversation, activities: [...body.activities, ...body.activities] };
    const input = { webhook, body: events, dialect: 'jaicp' as const };
    const replies = ['1', '2'].map((text) => ({ replies: [{ type: 'text', text }] }));
    const said = await new MockActivityEnvironment().run(() => post.postEvents({ ...input, takesReadings: true }));
    expect(said).toEqual({ said: [{ payload: replies[0] }, { payload: replies[1], edge }] });
    expect(asked).toEqual([[body.conversation, replies]]);
    const unread = await new MockActivityEnvironment().run(() => post.postEvents(input));
    expect(Array.isArray(unread)).toBe(true);
  });

  const deep = `{"activities":[${'['.repeat(10_000)}${']'.repeat(10_000)}]}`;
  it.each([
    ['no JSON', (res: ServerResponse) => res.end('thanks'), 'is not JSON in UTF-8'],
    ['more than 64 KiB', (res: ServerResponse) => res.end(`"${'x'.repeat(70_000)}"`), 'has more than 65536 bytes'],
    [
      'a name twice',
      (res: ServerResponse) => res.end('{"activities":[],"activities":[]}'),
      'has a name twice, activities',
    ],
    ['10,000 levels', (res: ServerResponse) => res.end(deep), 'is nested more than 32 levels deep'],
    [
      'more than 64 KiB, compressed',
      (res: ServerResponse) =>
        res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(`"${'x'.repeat(70_000)}"`)),
      'has more than 65536 bytes',
    ],
    [
      'half of it',
      (res: ServerResponse) => {
        res.writeHead(200, { 'content-length': 100 }).write('{"activities":[');
        setImmediate(() => res.socket?.destroy());
      },
      'did not come whole',
    ],
  ])('says what is wrong with an answer that should be JSON: %s', async (_, answer, why) => {
    const { webhook } = await startBot((res) =>
      answer(res.setHeader('content-type', 'application/json; charset=utf-8'))
    );
    const activities = createBotActivities({ log });
    await expect(new MockActivityEnvironment().run(() => activities.postEvents({ webhook, body }))).resolves.toEqual([
      { unreadAnswer: `the answer ${why}` },
    ]);
  });

  it.each([
    ['an empty body', ''],
    ['a white one', '\r\n'],
    ['a word', '"ok"'],
  ])('hears nothing in %s of JSON', async (_, text) => {
    const { webhook } = await startBot((res) => res.setHeader('content-type', 'application/json').end(text));
    const activities = createBotActivities({ log });
    const asked = new MockActivityEnvironment().run(() => activities.postEvents({ webhook, body }));
    await expect(asked).resolves.toBeUndefined();
  });
});
