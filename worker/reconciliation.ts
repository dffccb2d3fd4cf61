import type { Client } from '@temporalio/client';
import type { Config } from '../config/config';
import { nodeTaskQueue } from '../contracts/ids';
import type { ReconciliationInput } from '../contracts/reconciliation';
import {
  RECONCILIATION_WORKFLOW_TYPE,
  reconciliationRequestedSignal,
  reconciliationWorkflowId,
} from '../contracts/reconciliation';

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5_000;
const TRY_LIMIT_MS = 5_000;

/**
 * Has the dialogs of the node's SIP server compared with its calls, by one worker of the node however many ask. Tried again until Temporal
 * has taken it.
 */
export async function requestReconciliation(
  client: Client,
  { node, reconciliation: { graceS, perSecond } }: Pick<Config, 'node' | 'reconciliation'>,
  log: { warn(fields: object, message: string): void }
): Promise<void> {
  const input: ReconciliationInput = { node, graceMs: graceS * 1_000, perSecond };
  const start = {
    workflowId: reconciliationWorkflowId(node),
    taskQueue: nodeTaskQueue(node),
    args: [input],
    signal: reconciliationRequestedSignal,
    staticSummary: `dialogs and calls of node ${node}`,
  };
  for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
    try {
      await client.withDeadline(Date.now() + TRY_LIMIT_MS, () =>
        client.workflow.signalWithStart(RECONCILIATION_WORKFLOW_TYPE, start)
      );
      return;
    } catch (err) {
      log.warn({ err: String(err) }, 'Temporal does not take the reconciliation; asking again');
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}
