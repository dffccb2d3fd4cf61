import type { Client } from '@temporalio/client';
import type { DrachtioOptions } from '../activities/sip/drachtio';
import { DrachtioPort } from '../activities/sip/drachtio';
import { AuthenticatingPort } from '../activities/sip/digest/authenticating-port';
import type { Credentials } from '../activities/sip/digest/credentials';
import { checkBots } from '../client/doctor/bot-checks';
import type { Config, TrunkConfig } from '../config/config';
import { openGroups } from '../config/open-groups';
import { trunkCredentials } from '../config/passwords';
import { startApi } from './api';
import { listenToSip } from './ingress/listen';
import { LiveConfig } from './live-config';
import { installRuntime, log } from './log';
import { createEdgeReader } from './edge-reader';
import { requestReconciliation } from './reconciliation';
import { requireRecordsFolder } from './records-folder';
import { requireSearchAttributes } from './search-attributes';
import { leaveWithin, untilToldToStop } from './stop';
import { connectToTemporal } from './temporal';
import { Registrations } from './trunks/registrations';
import { TrunkStates } from './trunks/trunk-states';
import { createWorkers } from './workers';

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
  process.on('SIGHUP', () => live.reload());
  const config = live.current;
  installRuntime(config.metrics);
  for (const warning of openGroups(config)) log.warn({}, warning);
  const temporal = await connectToTemporal();
  const { connection, client, namespace } = temporal;
  const wire = openWire({ ...config.sipServer, tags: [`node-${config.node}`], log });
  const port = new AuthenticatingPort(wire, (id) => credentialsOf(live.trunk(id)));
  const sip = { wire, port, states: new TrunkStates(client, config.node) };
  const reader = createEdgeReader(live, client);
  const ingress = listenToSip({ live, client, ...sip, reader, log });
  if (config.sipServer.control) wire.onConnected(() => void requestReconciliation(client, config, log));
  // Calls may wait for this worker: the threads of its workflows load while the rest is made ready.
  const creating = createWorkers(live, temporal, { ...sip, reader });
  const opening = startApi(live, client, reader);
  const fit = Promise.all([
    opening,
    requireRecordsFolder(config.records.folder, log),
    requireSearchAttributes(connection, namespace, log),
  ]);
  const working = Promise.all([creating, fit]).then(([each]) => each.run());
  const [workers, api] = await Promise.all([creating, opening, working, fit.then(() => wire.connect())]);
  keepTrunksRegistered(live, client);
  log.info({ node: config.node, api: api.url, namespace }, 'worker ready');
  void warnOfAbsentBots(config);
  await Promise.race([untilToldToStop(), workers.running]);
  log.info({}, 'worker stopping');
  leaveWithin(config.worker.stopWithinS * 1_000, log);
  // The SIP server gives others what is unanswered here, and SIP activities fail, to run again elsewhere: this worker takes none any more.
  temporal.stopWaiting();
  workers.stop();
  wire.close();
  await Promise.all([workers.running, ingress.settled(), api.close()]);
  await temporal.close();
}

function credentialsOf(trunk: TrunkConfig | undefined): Credentials | undefined {
  return trunk && trunkCredentials(trunk, process.env);
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
