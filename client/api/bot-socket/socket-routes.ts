import { upgradeWebSocket } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { WSContext } from 'hono/ws';
import type { WebSocket } from 'ws';
import type { ApiEnv } from '../api-env';
import type { ApiCalls } from '../channel-calls';
import { CallNotFound } from '../../errors';
import { plainProblem, RequestRefused } from '../problem';
import type { BotSocketOptions } from './bot-socket';
import { BotSocket, CLOSE } from './bot-socket';
import { followChannel } from './follow-channel';

interface SocketRoutes {
  /** Those that the asker may reach. */
  callsOf: (c: Context<ApiEnv>) => BotSocketOptions['calls'];
  all: ApiCalls;
  hasChannel: (botId: string) => boolean;
  options: Omit<BotSocketOptions, 'calls'>;
}

/** WebSockets for bots: of one call, and of every call of a channel. What is refused is refused before the upgrade, with a problem's status. */
export function addSocketRoutes(api: OpenAPIHono<ApiEnv>, { callsOf, all, hasChannel, options }: SocketRoutes): void {
  api.get('/v1/calls/:callId/ws', async (c) => {
    requireUpgrade(c);
    const callId = c.req.param('callId');
    const after = lastEventId(c);
    const calls = callsOf(c);
    const botId = await all.channelOf(callId);
    const { principal } = c.var;
    if (principal?.kind === 'channel' && principal.botId !== botId) throw new CallNotFound(callId);
    return upgrade(c, (socket) => {
      const bot = new BotSocket(socket, { ...options, calls }, callId);
      bot.follow(callId, after).then(
        () => bot.close(CLOSE.done, 'the conversation is over'),
        (err: unknown) => void bot.fail(err).then(() => bot.close(CLOSE.error, 'the call cannot be watched'))
      );
    });
  });
  api.get('/v1/channels/:botId/ws', async (c) => {
    requireUpgrade(c);
    const botId = c.req.param('botId');
    const { principal } = c.var;
    const isOthers = principal?.kind === 'channel' && principal.botId !== botId;
    if (isOthers || !hasChannel(botId)) throw new RequestRefused(plainProblem(404));
    const calls = callsOf(c);
    return upgrade(c, (socket) => followChannel(new BotSocket(socket, { ...options, calls }), calls, botId));
  });
}

async function upgrade(c: Context, onOpen: (socket: WebSocket) => void): Promise<Response> {
  const events = { onOpen: (_: Event, { raw }: WSContext) => onOpen(raw as WebSocket) };
  const upgrading = upgradeWebSocket(() => events);
  const answer = await upgrading(c as Parameters<typeof upgrading>[0], () => Promise.resolve());
  return answer ?? c.body(null, 500);
}

function requireUpgrade(c: Context): void {
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
    throw new RequestRefused(plainProblem(426, 'this is a WebSocket'));
}

function lastEventId(c: Context): number {
  const text = c.req.query('lastEventId') ?? '0';
  if (!/^\d{1,9}$/.test(text)) throw new RequestRefused(plainProblem(422, 'lastEventId is not the number of an event'));
  return Number(text);
}
