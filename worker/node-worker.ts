import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { createBotActivities } from '../activities/bot/post-events';
import type { EdgeReader } from '../activities/bot/edge-reader';
import type { TrunkOfChannel } from '../activities/bot/transfer-trunk';
import { createMetaDataActivities } from '../activities/bot/post-meta-data';
import { createBudgetActivities } from '../activities/budget/take-attempt';
import { createConnectorActivities } from '../activities/connector/connector-activities';
import { createRecordPushActivities } from '../activities/records/push-record';
import { createRecordActivities } from '../activities/records/write-record';
import { createReconciliationActivities } from '../activities/reconciliation/reconcile-node';
import { createNodeActivities } from '../activities/sip/node-activities';
import type { SipPort } from '../activities/sip/port';
import { createSipActivities } from '../activities/sip/sip-activities';
import { createTrunkActivities } from '../activities/sip/trunk-activities';
import type { Config } from '../config/config';
import { nodeTaskQueue } from '../contracts/ids';
import { WORKFLOW_BUNDLE } from './bundle-workflows';
import { log } from './log';
import { createTrunkCheck } from './trunks/trunk-check';
import type { TrunkStates } from './trunks/trunk-states';

/** A worker that dies holds the next task of its calls back for this long at most. */
const STICKY_TIMEOUT = '500ms';

/** Activities at once: one for each conversation that is held, as long as its call lasts, and those that come and go. */
const MAX_ACTIVITIES = 5_000;

/** Before a worker has to be gone, activities that still go on are cancelled, and then left. Those of SIP have been handed over by then. */
const CANCEL_BEFORE_MS = 3_000;
const LEAVE_BEFORE_MS = 1_000;

type NodeWorkerConfig = Pick<Config, 'node' | 'records' | 'worker'> & {
  sipServer?: Pick<Config['sipServer'], 'control'>;
};

export interface NodeWorkerParts {
  connection: NativeConnection;
  client: Client;
  wire: { readonly isConnected: boolean };
  /** What requests of ours leave by. */
  port: SipPort;
  states: TrunkStates;
  /** Finds what `transferChannel` of a bot names. Default: nothing is known. */
  trunkOf?: TrunkOfChannel;
  /** Reads what bots answer and push. Default: it is left to the calls. */
  reader?: EdgeReader;
  /** The bearer token for the bot of a channel; undefined for one that asks for none. */
  tokenOf: (botId: string) => string | undefined;
  /** The worker stops: what would go on for as long as calls last is for another one. */
  stopping?: AbortSignal;
}

/** The Temporal worker for the calls and trunks of a node. */
export async function createNodeWorker(
  { node, records, sipServer, worker }: NodeWorkerConfig,
  { connection, client, wire, port, states, tokenOf, stopping, ...ofConfig }: NodeWorkerParts
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: client.options.namespace,
    taskQueue: nodeTaskQueue(node),
    workflowBundle: { codePath: WORKFLOW_BUNDLE },
    activities: {
      ...createSipActivities(port),
      ...createTrunkActivities(port),
      ...createNodeActivities(wire),
      ...createTrunkCheck(states),
      ...createBotActivities({ log, ...ofConfig }),
      ...createConnectorActivities({ client, tokenOf, log, ...ofConfig, ...(stopping ? { stopping } : {}) }),
      ...createMetaDataActivities(),
      ...createBudgetActivities(client),
      ...createRecordPushActivities(records),
      ...createRecordActivities({ folder: records.folder }),
      ...createReconciliationActivities({ client, log, ...sipServer }),
    },
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    shutdownGraceTime: worker.stopWithinS * 1_000 - CANCEL_BEFORE_MS,
    shutdownForceTime: worker.stopWithinS * 1_000 - LEAVE_BEFORE_MS,
    maxConcurrentActivityTaskExecutions: MAX_ACTIVITIES,
  });
}
