import { lostNodePort } from '../activities/sip/lost-node-port';
import type { Config } from '../config/config';
import { connectorToken } from '../config/connector-token';
import { installRuntime, log } from './log';
import { createNodeWorker } from './node-worker';
import { untilToldToStop } from './stop';
import { connectToTemporal } from './temporal';
import { TrunkStates } from './trunks/trunk-states';

/** A worker without SIP on the queue of a node that never comes back: it lets the node's calls end, until it is told to stop. */
export async function serveLostNode(
  node: string,
  { records, worker: settings, channels }: Pick<Config, 'records' | 'worker' | 'channels'>
): Promise<void> {
  installRuntime();
  const temporal = await connectToTemporal();
  const { native, client, namespace } = temporal;
  const channel = (botId: string): Config['channels'][number] | undefined =>
    channels.find((each) => each.botId === botId);
  const worker = await createNodeWorker(
    { node, records, worker: settings },
    {
      ...{ connection: native, client, wire: lostNodePort, port: lostNodePort },
      states: new TrunkStates(client, node),
      tokenOf: (botId) => connectorToken(channel(botId), process.env),
    }
  );
  const running = worker.run();
  running.catch(() => undefined);
  log.info({ node, namespace }, 'worker ready, without SIP');
  await Promise.race([untilToldToStop(), running]);
  temporal.stopWaiting();
  worker.shutdown();
  await running;
  await temporal.close();
}
