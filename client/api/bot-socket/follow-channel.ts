import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiCalls } from '../channel-calls';
import { TemporalUnavailable, TooManyWatches } from '../../errors';
import type { BotSocket } from './bot-socket';
import { CLOSE } from './bot-socket';
import type { Subscription } from './frames';

/** New calls are looked for so often, in ms; the list lags behind by about as much. */
const LOOK_EVERY_MS = 500;

/** A call may begin and end between two looks; and the list lags behind. */
const LOOK_BACK_MS = 30_000;

/** A bot says within this time, in ms, from where it wants to hear. */
const SUBSCRIBE_WITHIN_MS = 10_000;

/** Calls of a page, and calls of a socket. */
const PAGE_SIZE = 200;
const MAX_CALLS = 2_000;

/** Waits for the subscription of a socket and tells it then the events of every call of a channel, from where the bot stopped. */
export function followChannel(socket: BotSocket, calls: Pick<ApiCalls, 'list'>, botId: string): void {
  const late = setTimeout(() => socket.close(CLOSE.policy, 'no subscription'), SUBSCRIBE_WITHIN_MS);
  late.unref();
  let isSubscribed = false;
  socket.onSubscribe((subscription) => {
    if (isSubscribed) return;
    isSubscribed = true;
    clearTimeout(late);
    void follow(socket, calls, botId, subscription);
  });
}

async function follow(
  socket: BotSocket,
  calls: Pick<ApiCalls, 'list'>,
  botId: string,
  { after, since = new Date().toISOString() }: Subscription
): Promise<void> {
  await socket.send({ type: 'subscribed', at: new Date().toISOString() });
  const followed = new Set<string>();
  /** To be followed beside those that are found: named by the bot, or out of sight while Temporal is away. */
  const missing = new Set(Object.keys(after));
  const begin = (conversation: string): void => {
    missing.delete(conversation);
    if (followed.has(conversation)) return;
    followed.add(conversation);
    socket.follow(conversation, after[conversation] ?? 0).catch((err: unknown) => {
      if (isPassing(err) && followed.delete(conversation)) missing.add(conversation);
      void socket.fail(err, { conversation });
    });
  };
  for (let upSinceMs = Date.parse(since); socket.isOpen;) {
    missing.forEach(begin);
    try {
      const found = await callsToFollow(calls, botId, new Date(upSinceMs).toISOString());
      found.forEach(begin);
      for (const callId of followed) if (!found.has(callId) && !socket.isWatching(callId)) followed.delete(callId);
      upSinceMs = Math.max(upSinceMs, Date.now() - LOOK_BACK_MS);
    } catch (err) {
      await socket.fail(err);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function isPassing(err: unknown): boolean {
  return err instanceof TemporalUnavailable || err instanceof TooManyWatches;
}

async function callsToFollow(calls: Pick<ApiCalls, 'list'>, botId: string, upSince: string): Promise<Set<string>> {
  const found = new Set<string>();
  let token: string | undefined;
  do {
    const more = token === undefined ? {} : { nextPageToken: token };
    const page = await calls.list({ botId, upSince, pageSize: PAGE_SIZE, ...more });
    for (const { callId } of page.calls) found.add(callId);
    token = page.nextPageToken;
  } while (token !== undefined && found.size < MAX_CALLS);
  return found;
}
