import type { Client } from '@temporalio/client';
import type { EdgeReader } from '../activities/bot/edge-reader';
import type { AccessTokens } from '../client/api/access';
import { CallsClient } from '../client/calls';
import { createApi } from '../client/api/api';
import type { ServedApi } from '../client/api/serve';
import { serveApi } from '../client/api/serve';
import { TrunksClient } from '../client/trunks';
import type { Config } from '../config/config';
import type { LiveConfig } from './live-config';
import { log } from './log';

/** Serves the HTTP API of a worker process. */
export async function startApi(live: LiveConfig, client: Client, reader: EdgeReader): Promise<ServedApi> {
  const { api } = live.current;
  const { publicUrl, rateLimit } = api;
  return serveApi(
    createApi({
      calls: new CallsClient(client, { reader }),
      hasChannel: (botId) => live.channel(botId) !== undefined,
      trunks: new TrunksClient(client),
      reload: () => live.reload(),
      tokens: tokensOf(api),
      publicUrl,
      rateLimit,
      log,
    }),
    api
  );
}

function tokensOf({ host, token, channelTokens }: Config['api']): AccessTokens {
  if (token === undefined && channelTokens.length === 0)
    log.warn({ host }, 'the HTTP API asks for no token: it listens on loopback only');
  return { ...(token === undefined ? {} : { operator: token }), channels: channelTokens };
}
