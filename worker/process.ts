import { Client } from '@temporalio/client';
import type { DrachtioOptions } from '../activities/sip/drachtio';
import { DrachtioPort } from '../activities/sip/drachtio';
import { AuthenticatingPort } from '../activities/sip/digest/authenticating-port';
import type { Credentials } from '../activities/sip/digest/credentials';
import type { AccessTokens } from '../client/access';
import { CallsClient } from '../client/calls';
import { checkBots } from '../client/doctor/bot-checks';
import { createApi } from '../client/http';
import { serveApi } from '../client/serve';
import { TrunksClient } from '../client/trunks';
import type { Config } from '../config/config';
import { connectorToken } from '../config/connector-token';
import { openGroups } from '../config/open-groups';
import { trunkCredentials } from '../config/passwords';
import type { TrunkOfCall } from '../contracts/call';
import { createBudgetWorker } from './budget-worker';
import { listenToSip } from './ingress/listen';
import { LiveConfig } from './live-config';
import { installRuntime, log } from './log';
import { createNodeWorker } from './node-worker';
import { requestReconciliation } from './reconciliation';
import { requireRecordsFolder } from './records-folder';
import { requireSearchAttributes } from './search-attributes';
import { leaveWithin, untilToldToStop } from './stop';
import { connectToTemporal } from './temporal';
import { Registrations } from './trunks/registrations';
import { trunkOfChannel } from './trunks/trunk-of-call';
import { TrunkStates } from './trunks/trunk-states';

/**
 * Runs a worker process until it is told to stop.
 * @param load reads its configuration; again at SIGHUP
 * @param openWire makes the connection to the SIP server
 */
export async function runProcess(
  load: () => Config,
  openWire = (options: DrachtioOptions): DrachtioPort => new DrachtioPort(options)
): Promise<void> {
  const live = new LiveConfig(load, log);
  const config = live.current;
  installRuntime(config.metrics);
  for (const warning of openGroups(config)) log.warn({}, warning);
  void warnOfAbsentBots(config);
  await requireRecordsFolder(config.records.folder, log);
  const temporal = await connectToTemporal();
  const { native, connection, namespace } = temporal;
  await requireSearchAttributes(connection, namespace, log);
  const client = new Client({ connection, namespace });
  const wire = openWire({ ...config.sipServer, tags: [`node-${config.node}`], log });
  const states = new TrunkStates(client, config.node);
  const port = new AuthenticatingPort(wire, (id) => credentialsOf(live, id));
  const trunkOf = (botId: string): TrunkOfCall | undefined => trunkOfChannel(live.current, botId);
  const tokenOf = (botId: string): string | undefined => tokenForBot(live, botId);
  const stopping = new AbortController();
  const worker = await createNodeWorker(config, {
    ...{ connection: native, client, wire, port, states, trunkOf, tokenOf },
    stopping: stopping.signal,
  });
  const budgets = await createBudgetWorker(config, native, namespace);
  const { publicUrl, rateLimit } = config.api;
  const calls = new CallsClient(client);
  const api = await serveApi(
    createApi({
      calls,
      hasChannel: (botId) => live.channel(botId) !== undefined,
      trunks: new TrunksClient(client),
      reload: () => live.reload(),
      tokens: tokensOf(config),
      publicUrl,
      rateLimit,
      log,
    }),
    config.api
  );
  const running = Promise.all([worker.run(), budgets?.run()]);
  running.catch(() => undefined);
  const ingress = listenToSip({ live, client, wire, port, states, log });
  if (config.sipServer.control) wire.onConnected(() => void requestReconciliation(client, config, log));
  await wire.connect();
  keepTrunksRegistered(live, client);
  process.on('SIGHUP', () => live.reload());
  log.info({ node: config.node, api: api.url, namespace }, 'worker ready');
  await Promise.race([untilToldToStop(), running]);
  log.info({}, 'worker stopping');
  leaveWithin(config.worker.stopWithinS * 1_000, log);
  // The SIP server gives others what is unanswered here, and SIP activities fail, to run again elsewhere: this worker takes none any more.
  temporal.stopWaiting();
  worker.shutdown();
  stopping.abort();
  wire.close();
  budgets?.shutdown();
  await Promise.all([running, ingress.settled(), api.close()]);
  await temporal.close();
}

function credentialsOf(live: LiveConfig, trunkId: string): Credentials | undefined {
  const trunk = live.trunk(trunkId);
  return trunk && trunkCredentials(trunk, process.env);
}

function tokenForBot(live: LiveConfig, botId: string): string | undefined {
  const channel = live.channel(botId);
  return channel && connectorToken(channel, process.env);
}

/** A bot may come later than the worker: callers have the channel's fail-over meanwhile. */
async function warnOfAbsentBots(config: Config): Promise<void> {
  for (const { name, detail, status, toDo } of await checkBots(config, process.env))
    if (status === 'fault') log.warn({ bot: name, toDo }, detail);
}

function keepTrunksRegistered(live: LiveConfig, client: Client): void {
  const registrations = new Registrations(client, live.current.node, log, live.current.calls);
  live.onChange(({ trunks }) => void registrations.apply(trunks));
  void registrations.apply(live.current.trunks);
}

function tokensOf({ api: { host, token, channelTokens } }: Config): AccessTokens {
  if (token === undefined && channelTokens.length === 0)
    log.warn({ host }, 'the HTTP API asks for no token: it listens on loopback only');
  return { ...(token === undefined ? {} : { operator: token }), channels: channelTokens };
}
