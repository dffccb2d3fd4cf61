import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebSocketServerLike } from '@hono/node-server';
import { createAdaptorServer } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { WebSocketServer } from 'ws';
import { hostAndPort } from '../../config/host-and-port';
import type { ApiEnv } from './api-env';
import { CLOSE } from './bot-socket/bot-socket';
import { MAX_FRAME_BYTES } from './bot-socket/frames';
import { RefusedUpgrades } from './refused-upgrades';

export interface ServedApi {
  /** `http://host:port` of the listener. */
  url: string;
  /** Lets requests under way finish for up to 2 s, then ends every connection. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 2000;

/**
 * Serves an app over HTTP.
 * @param address port 0 takes any free port
 * @throws when the address cannot be listened on; a taken port is named
 */
export async function serveApi(
  app: Pick<OpenAPIHono<ApiEnv>, 'fetch'>,
  { host, port }: { host: string; port: number }
): Promise<ServedApi> {
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
  const upgrades = new RefusedUpgrades((request, env) => app.fetch(request, env));
  const server = createAdaptorServer({
    fetch: upgrades.fetch,
    // Its type is that of `ws` without `exactOptionalPropertyTypes`.
    websocket: { server: webSockets as unknown as WebSocketServerLike },
  }) as Server;
  upgrades.listen(server);
  await listen(server, host, port);
  const { port: boundPort } = server.address() as AddressInfo;
  return { url: `http://${hostAndPort(host, boundPort)}`, close: () => close(server, webSockets) };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (err: NodeJS.ErrnoException) => reject(listenError(err, host, port)));
    server.listen(port, host, resolve);
  });
}

function listenError(err: NodeJS.ErrnoException, host: string, port: number): Error {
  const what = err.code === 'EADDRINUSE' ? 'the port is taken; choose another api.port' : err.message;
  return new Error(`the API cannot listen on ${host} port ${port}: ${what}`, { cause: err });
}

function close(server: Server, webSockets: WebSocketServer): Promise<void> {
  for (const socket of webSockets.clients) socket.close(CLOSE.goingAway, 'another worker goes on');
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => {
      for (const socket of webSockets.clients) socket.terminate();
      server.closeAllConnections();
    }, CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
  });
}
