import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, it, expect } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { createBotActivities } from '../../../activities/bot/post-events';
import type { BotEventsBody } from '../../../contracts/bot-events';
import { FAILURE } from '../../../contracts/failures';

const body: BotEventsBody = {
  conversation: 'mfrggzdfmztwq2lk',
  activities: [
    {
      id: 'e1',
      timestamp: '2025-01-02T03:04:05.006Z',
      type: 'event',
      name: 'conversationEnd',
      value: { reasonCode: 'transferred', reason: 'transferred' },
    },
  ],
};

interface ReceivedRequest {
  method: string | undefined;
  contentType: string | undefined;
  body: unknown;
}

let server: Server | undefined;

async function startBot(answer: (res: ServerResponse, req: IncomingMessage) => void): Promise<{
  webhook: string;
  received: ReceivedRequest[];
}> {
  const received: ReceivedRequest[] = [];
  const bot = createServer((req, res) => {
    let text = '';
    req.on('data', (chunk: Buffer) => (text += chunk.toString()));
    req.on('end', () => {
      received.push({ method: req.method, contentType: req.headers['content-type'], body: JSON.parse(text) });
      answer(res, req);
    });
  });
  server = bot;
  await new Promise<void>((resolve) => bot.listen(0, '127.0.0.1', resolve));
  return { webhook: `http://127.0.0.1:${(bot.address() as AddressInfo).port}/events`, received };
}

const log = pino({ level: 'silent' });

async function failureOf(
  webhook: string,
  { timeoutMs = 5000, environment = new MockActivityEnvironment() } = {}
): Promise<unknown> {
  const activities = createBotActivities({ log, timeoutMs });
  return environment
    .run(() => activities.postEvents({ webhook, body }))
    .then(
      () => undefined,
      (err: unknown) => err
    );
}

afterEach(async () => {
  const running = server;
  server = undefined;
  if (!running) return;
  running.closeAllConnections();
  await new Promise((resolve) => running.close(resolve));
});

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

  it.each([400, 401, 404, 410, 422])('gives up when the bot answers %i', async (status) => {
    const { webhook } = await startBot((res) => res.writeHead(status).end());
    const failure = await failureOf(webhook);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      type: FAILURE.BOT_UNREACHABLE,
      nonRetryable: true,
      category: 'BENIGN',
      message: `webhook answered ${status}`,
    });
  });

  it.each([408, 425, 429, 500, 503])('leaves it to be tried again when the bot answers %i', async (status) => {
    const { webhook } = await startBot((res) => res.writeHead(status).end());
    expect(await failureOf(webhook)).toMatchObject({ type: FAILURE.BOT_UNREACHABLE, nonRetryable: false });
  });

  it('does not follow a redirect', async () => {
    const { webhook, received } = await startBot((res) => res.writeHead(307, { location: '/elsewhere' }).end());
    expect(await failureOf(webhook)).toMatchObject({ message: 'webhook answered 307', nonRetryable: false });
    expect(received).toHaveLength(1);
  });

  it('leaves it to be tried again when nobody listens', async () => {
    const { webhook } = await startBot((res) => res.end());
    await new Promise((resolve) => server?.close(resolve));
    server = undefined;
    expect(await failureOf(webhook)).toMatchObject({
      type: FAILURE.BOT_UNREACHABLE,
      nonRetryable: false,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('leaves it to be tried again when the bot does not answer in time', async () => {
    const { webhook } = await startBot(() => undefined);
    expect(await failureOf(webhook, { timeoutMs: 50 })).toMatchObject({
      type: FAILURE.BOT_UNREACHABLE,
      nonRetryable: false,
    });
  });

  it('heartbeats with what was taken while the bot thinks, so that another worker goes on when this one dies', async () => {
    const environment = new MockActivityEnvironment();
    const beaten = new Promise((resolve) => environment.on('heartbeat', resolve));
    const { webhook } = await startBot((res) => void beaten.then(() => res.end()));
    await environment.run(() => createBotActivities({ log }).postEvents({ webhook, body }));
    expect(await beaten).toEqual({ taken: 0, answers: [] });
  });

  it('ends as cancelled when the activity is cancelled while the bot is silent', async () => {
    const environment = new MockActivityEnvironment();
    const { webhook } = await startBot(() => environment.cancel('CANCELLED'));
    expect(await failureOf(webhook, { environment })).toBeInstanceOf(CancelledFailure);
  });

  it('cuts an endless answer off', async () => {
    const { webhook } = await startBot((res) => {
      const more = (): void => {
        while (res.write('x'.repeat(16 * 1024)));
      };
      res.writeHead(200).on('drain', more);
      more();
    });
    expect(await failureOf(webhook)).toBeUndefined();
  });

  it('takes a 2xx whose body never ends', async () => {
    const { webhook } = await startBot((res) => res.writeHead(200).write('x'));
    expect(await failureOf(webhook, { timeoutMs: 3_000 })).toBeUndefined();
  });
});
