import type { Client } from '@temporalio/client';
import type { Log } from '../activities/log';
import type { Config } from '../config/config';
import { nodeTaskQueue } from '../contracts/ids';
import type { ReconciliationInput } from '../contracts/reconciliation';
import {
  RECONCILIATION_WORKFLOW_TYPE,
  reconciliationRequestedSignal,
  reconciliationWorkflowId,
} from '../contracts/reconciliation';
import { tellTemporal } from './tell-temporal';

/**
 * Has the dialogs of the node's SIP server compared with its calls, by one worker of the node however many ask. Tried again until Temporal
 * has taken it.
 */
export async function requestReconciliation(
  client: Client,
  { node, reconciliation: { graceS, perSecond } }: Pick<Config, 'node' | 'reconciliation'>,
  log: Pick<Log, 'warn'>
): Promise<void> {
  const input: ReconciliationInput = { node, graceMs: graceS * 1_000, perSecond };
  const start = {
    workflowId: reconciliationWorkflowId(node),
    taskQueue: nodeTaskQueue(node),
    args: [input],
    signal: reconciliationRequestedSignal,
    staticSummary: `dialogs and calls of node ${node}`,
  };
  await tellTemporal({ client, log, what: 'the reconciliation' }, () =>
    client.workflow.signalWithStart(RECONCILIATION_WORKFLOW_TYPE, start)
  );
}
