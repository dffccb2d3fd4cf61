import { once } from 'node:events';
import http from 'node:http';
import type { BotEventsBody } from '../../../contracts/bot-events';
import type { PostedEvent } from './messages';

interface WebhookOptions {
  port: number;
  /** Hears of each event of every POST, repeated ones included; the answer waits until it is through. */
  take: (posted: PostedEvent) => Promise<void>;
}

/** The bot's webhook. */
export async function openWebhook({ port, take }: WebhookOptions): Promise<void> {
  const server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => void takeAll(JSON.parse(text) as BotEventsBody, take).then(() => response.end('{}')));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function takeAll(
  { conversation: callId, activities }: BotEventsBody,
  take: WebhookOptions['take']
): Promise<void> {
  const at = Date.now();
  await Promise.all(activities.map((event) => take({ at, callId, event })));
}
