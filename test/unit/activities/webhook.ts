import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { createBotActivities } from '../../../activities/bot/post-events';
import type { BotEventsBody } from '../../../contracts/bot-events';

export const body: BotEventsBody = {
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

/** A bot's webhook on loopback, and what it has received. */
export async function startBot(answer: (res: ServerResponse, req: IncomingMessage) => void): Promise<{
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

export const log = pino({ level: 'silent' });

/** @returns what posting `body` there fails with; undefined when it does not */
export async function failureOf(
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

/** Also after each test. */
export async function stopBot(): Promise<void> {
  const running = server;
  server = undefined;
  if (!running) return;
  running.closeAllConnections();
  await new Promise((resolve) => running.close(resolve));
}

afterEach(stopBot);
