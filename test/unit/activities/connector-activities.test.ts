import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { createConnectorActivities } from '../../../activities/connector/connector-activities';
import { keepRefreshed } from '../../../activities/connector/refresh';
import type { ConnectorActivities, ConnectorOfCall } from '../../../contracts/connector';
import type { CallId } from '../../../contracts/ids';

const CONVERSATION = 'mfrggzdfmztwq2lk' as CallId;

const DEEP = `{"activities":[${'['.repeat(10_000)}${']'.repeat(10_000)}]}`;

/** For what is to answer, also on a busy machine. */
const AMPLE_MS = 30_000;

interface Asked {
  method: string | undefined;
  path: string | undefined;
  authorization: string | undefined;
  body: Record<string, unknown>;
}

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function startBot(
  answer: (response: ServerResponse, request: IncomingMessage) => void
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const bot = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { method, url: path, headers } = request;
      asked.push({ method, path, authorization: headers.authorization, body: JSON.parse(text || '{}') });
      answer(response, request);
    });
  });
  server = bot;
  await new Promise<void>((resolve) => bot.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(bot.address() as AddressInfo).port}/bots/greeter`, asked };
}

const activities = (): ConnectorActivities =>
  createConnectorActivities({
    client: {} as Pick<Client, 'workflow'>,
    tokenOf: () => 'secret',
    log: pino({ level: 'silent' }),
  });

function run<Result>(
  work: (its: ConnectorActivities) => Promise<Result>,
  environment = new MockActivityEnvironment()
): Promise<Result> {
  return environment.run(() => work(activities()));
}

function create(url: string, over: Partial<ConnectorOfCall> = {}) {
  const connector = { url, bot: 'support', offersWebSocket: true, timeoutMs: AMPLE_MS, deadlineMs: AMPLE_MS, ...over };
  const request = { id: 'request-1', timestamp: '2031-05-04T09:12:00.001Z' };
  return run((its) => its.createConversation({ botId: 'b', conversation: CONVERSATION, connector, ...request }));
}

function post(url: string, environment?: MockActivityEnvironment, timeoutMs = AMPLE_MS) {
  const input = { botId: 'b', conversation: CONVERSATION, timeoutMs, url, activities: [] };
  return run((its) => its.postActivities(input), environment);
}

const failure = async (work: Promise<unknown>): Promise<ApplicationFailure> => {
  const outcome: unknown = await work.then(
    () => undefined,
    (err: unknown) => err
  );
  expect(outcome).toBeInstanceOf(ApplicationFailure);
  return outcome as ApplicationFailure;
};

describe('createConversation', () => {
  it('names the conversation and the bot, and makes the URLs of the answer absolute', async () => {
    const { url, asked } = await startBot((response) =>
      response.end(
        JSON.stringify({
          activitiesURL: 'c/1/a',
          refreshURL: '/c/1/r',
          disconnectURL: 'c/1/d',
          websocketURL: 'c/1/w',
          expiresSeconds: 90,
          somethingElse: true,
        })
      )
    );
    const { origin, host } = new URL(url);
    await expect(create(url)).resolves.toEqual({
      activitiesUrl: `${origin}/bots/c/1/a`,
      refreshUrl: `${origin}/c/1/r`,
      disconnectUrl: `${origin}/bots/c/1/d`,
      webSocketUrl: `ws://${host}/bots/c/1/w`,
      expiresS: 90,
    });
    const body = { conversation: CONVERSATION, bot: 'support', capabilities: ['websocket'], id: 'request-1' };
    expect(asked).toMatchObject([{ method: 'POST', path: '/bots/greeter', authorization: 'Bearer secret', body }]);
  });

  it('takes null for what is not there, and no WebSocket that it has not offered', async () => {
    const { url, asked } = await startBot((response) =>
      response.end('{"activitiesURL":"a","refreshURL":null,"expiresSeconds":null,"websocketURL":"w"}')
    );
    const activitiesUrl = new URL('a', url).href;
    await expect(create(url, { offersWebSocket: false })).resolves.toEqual({ activitiesUrl });
    expect(asked[0]?.body).not.toHaveProperty('capabilities');
  });

  it.each([
    ['{"activitiesURL":"https://elsewhere.example.com/a"}', 'the bot named a URL at another origin', true],
    ['{"activitiesURL":"file:///a"}', 'the bot named a file: URL', true],
    ['{}', "the bot's answer is not of the Bot API: activitiesURL is missing", false],
    ['{"activitiesURL":"a","expiresSeconds":-1}', 'expiresSeconds', false],
    ['{"activitiesURL":"a","expiresSeconds":0.001}', 'expiresSeconds', false],
    ['[]', 'it must be an object', false],
    ['<html>', "the bot's answer is not JSON", false],
  ])('does not take %s', async (text, message, isFinal) => {
    const { url } = await startBot((response) => response.end(text));
    const err = await failure(create(url));
    expect(err.message).toContain(message);
    expect(err.nonRetryable).toBe(isFinal);
  });
});

describe('postActivities', () => {
  it.each([
    ['{}', []],
    ['', []],
    ['{"activities":null}', []],
    ['{"conversation":"mfrggzdfmztwq2lk","activities":[{"type":"message"}]}', [{ type: 'message' }]],
  ])('takes %j', async (text, said) => {
    const { url } = await startBot((response) => response.end(text));
    await expect(post(url)).resolves.toEqual(said);
  });

  it('has the answer read for a workflow that takes what is read', async () => {
    const { url } = await startBot((response) => response.end('{"activities":[{"type":"message","text":"a"}]}'));
    const input = { botId: 'b', conversation: CONVERSATION, timeoutMs: AMPLE_MS, url, activities: [] };
    const said = await run((its) => its.postActivities({ ...input, takesReadings: true }));
    expect(said).toEqual({ said: [{ payload: { activities: [{ type: 'message', text: 'a' }] } }] });
  });

  it.each([
    [500, {}, false, { status: 500 }],
    [503, { 'retry-after': '7' }, false, { status: 503, retryAfterS: 7 }],
    [429, {}, false, { status: 429 }],
    [404, {}, true, { status: 404 }],
    [401, {}, true, { status: 401 }],
    [302, { location: 'http://elsewhere.example.com/' }, false, { status: 302 }],
  ])('says what a %i means', async (status, headers, isFinal, refusal) => {
    const { url } = await startBot((response) => response.writeHead(status, headers).end());
    const err = await failure(post(url));
    expect(err).toMatchObject({ nonRetryable: isFinal, details: [refusal] });
  });

  it.each([
    ['is too long', (response: ServerResponse) => response.end(`"${'x'.repeat(300_000)}"`)],
    ['is not UTF-8', (response: ServerResponse) => response.end(Buffer.from([0x7b, 0xff, 0x7d]))],
    ['breaks off', (response: ServerResponse) => response.writeHead(200, { 'content-length': 9 }).destroy()],
    ['is nested too deep', (response: ServerResponse) => response.end(DEEP)],
    ['never comes', () => undefined],
    ['never ends', (response: ServerResponse) => response.write('{')],
  ])('does not take an answer that %s, and may be tried again', async (_, answer) => {
    const { url } = await startBot((response) => void answer(response));
    expect((await failure(post(url, undefined, 1_000))).nonRetryable).toBe(false);
  });

  it('ends when it is cancelled', async () => {
    const environment = new MockActivityEnvironment();
    const { url } = await startBot(() => environment.cancel());
    await expect(post(url, environment)).rejects.toBeInstanceOf(CancelledFailure);
  });
});

describe('disconnectConversation', () => {
  const disconnect = (url: string) =>
    run((its) =>
      its.disconnectConversation({
        ...{ botId: 'b', conversation: CONVERSATION, timeoutMs: AMPLE_MS, url },
        reason: 'the caller hung up',
        reasonCode: 'client-disconnected',
      })
    );

  it('says why', async () => {
    const { url, asked } = await startBot((response) => response.end());
    await disconnect(url);
    const body = { conversation: CONVERSATION, reason: 'the caller hung up', reasonCode: 'client-disconnected' };
    expect(asked).toMatchObject([{ body }]);
  });

  it.each([404, 410])('is done when the bot answers %i', async (status) => {
    const { url } = await startBot((response) => response.writeHead(status).end());
    await expect(disconnect(url)).resolves.toBeUndefined();
  });

  it('is not done when the bot answers 500', async () => {
    const { url } = await startBot((response) => response.writeHead(500).end());
    expect((await failure(disconnect(url))).nonRetryable).toBe(false);
  });
});

describe('keepRefreshed', () => {
  it('asks at half of the time, goes by what the bot answers, and repeats what failed until it is too late', async () => {
    const stop = new AbortController();
    const start = Date.now();
    const atMs: number[] = [];
    const ask = () => {
      atMs.push(Date.now() - start);
      if (atMs.length === 1) return Promise.resolve({ expiresSeconds: 0.2 });
      return Promise.reject(new Error('down'));
    };
    await expect(keepRefreshed({ expiresS: 0.6, isDue: false, ask }, stop.signal)).rejects.toMatchObject({
      message: 'the conversation could not be refreshed: down',
      nonRetryable: true,
    });
    const [first = 0, second = 0, ...repeats] = atMs;
    expect(first).toBeGreaterThanOrEqual(299);
    expect(second - first).toBeGreaterThanOrEqual(99);
    expect(repeats.length).toBeGreaterThan(0);
  });

  it('asks at once where it has been held before, and ends at the first final refusal', async () => {
    const final = ApplicationFailure.nonRetryable('gone');
    const ask = () => Promise.reject(final);
    const held = keepRefreshed({ expiresS: 3_600, isDue: true, ask }, new AbortController().signal);
    await expect(held).rejects.toMatchObject({ message: 'the conversation could not be refreshed: gone' });
  });
});
