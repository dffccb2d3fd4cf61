import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Address } from './sip-endpoint';

const eventSchema = z.object({
  id: z.string(),
  name: z.string(),
  value: z.record(z.string(), z.unknown()).optional(),
});

const bodySchema = z.object({ conversation: z.string(), activities: z.array(eventSchema) });

/** An event of the call engine, as far as the demonstration's bot needs it. */
export type WebhookEvent = {
  id: string;
  name: string;
  value?: Record<string, unknown>;
};

export interface Webhook {
  close(): Promise<void>;
}

/** The HTTP server that receives a bot's events. An event that comes twice is heard once. */
export async function openWebhook(
  { host, port }: Address,
  onEvent: (conversation: string, event: WebhookEvent) => void
): Promise<Webhook> {
  const heard = new Set<string>();
  const server = createServer((request, response) => {
    void readEvents(request).then((body) => {
      response.writeHead(body ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
      for (const { id, name, value } of body?.activities ?? []) {
        if (heard.has(id)) continue;
        heard.add(id);
        onEvent(body?.conversation ?? '', { id, name, ...(value !== undefined && { value }) });
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readEvents(request: IncomingMessage): Promise<z.infer<typeof bodySchema> | undefined> {
  try {
    return bodySchema.safeParse(JSON.parse(await text(request))).data;
  } catch {
    return undefined;
  }
}
