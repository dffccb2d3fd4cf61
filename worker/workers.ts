import { connectorToken } from '../config/connector-token';
import { createBudgetWorker } from './budget-worker';
import type { LiveConfig } from './live-config';
import type { NodeWorkerParts } from './node-worker';
import { createNodeWorker } from './node-worker';
import type { Temporal } from './temporal';
import { trunkOfChannel } from './trunks/trunk-of-call';

/** The Temporal workers of a process. */
export interface Workers {
  /** They take tasks from now on. */
  run(): void;
  /** Settles when all have stopped, rejects when one fails. */
  readonly running: Promise<unknown>;
  /** They take nothing any more, and hand over what would go on for as long as calls last. */
  stop(): void;
}

/** For the node's calls and trunks and, where channels have budgets, for these. */
export async function createWorkers(
  live: LiveConfig,
  { native, client, namespace }: Pick<Temporal, 'native' | 'client' | 'namespace'>,
  sip: Pick<NodeWorkerParts, 'wire' | 'port' | 'states' | 'reader'>
): Promise<Workers> {
  const stopping = new AbortController();
  const [node, budgets] = await Promise.all([
    createNodeWorker(live.current, {
      ...{ connection: native, client, ...sip },
      trunkOf: (botId) => trunkOfChannel(live.current, botId),
      tokenOf: (botId) => connectorToken(live.channel(botId), process.env),
      stopping: stopping.signal,
    }),
    createBudgetWorker(live.current, native, namespace),
  ]);
  let running: Promise<unknown> = Promise.resolve();
  return {
    run() {
      running = Promise.all([node.run(), budgets?.run()]);
      running.catch(() => undefined);
    },
    get running() {
      return running;
    },
    stop() {
      node.shutdown();
      stopping.abort();
      budgets?.shutdown();
    },
  };
}
