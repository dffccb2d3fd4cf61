import { ActivityCancellationType } from '@temporalio/workflow';
import { HEARTBEAT_TIMEOUT, IDLE_HEARTBEAT_MS } from '../timeouts';

/** The shortest heartbeat time-out that a loaded worker keeps up with. */
const LEAST_HEARTBEAT_MS = 1_000;

/** A WebSocket is missed soon, and must not be open twice; of a conversation that is only refreshed, neither matters much. */
export function holdingOptions(
  hasSocket: boolean,
  expiresS = 0
): { heartbeatTimeout: string | number; cancellationType: ActivityCancellationType } {
  if (hasSocket)
    return {
      heartbeatTimeout: HEARTBEAT_TIMEOUT,
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    };
  const heartbeatTimeout = Math.min(IDLE_HEARTBEAT_MS, Math.max(LEAST_HEARTBEAT_MS, (expiresS * 1000) / 4));
  return { heartbeatTimeout, cancellationType: ActivityCancellationType.TRY_CANCEL };
}
