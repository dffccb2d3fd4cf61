import { ActivityFailure, proxyActivities } from '@temporalio/workflow';
import type { NodeActivities } from '../../contracts/node';

/** Long enough to ask each of some workers, and for a SIP server that is just starting. */
const { requireSipServer } = proxyActivities<NodeActivities>({
  scheduleToCloseTimeout: '5s',
  startToCloseTimeout: '1s',
  retry: { initialInterval: '100ms', backoffCoefficient: 1 },
});

/** @returns whether some worker of the node has a connection to its SIP server */
export async function nodePresenceWorkflow(): Promise<boolean> {
  try {
    await requireSipServer();
    return true;
  } catch (err) {
    if (err instanceof ActivityFailure) return false;
    throw err;
  }
}
