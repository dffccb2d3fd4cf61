import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { TrunkActivities } from '../../contracts/activities-trunk';

/** Timer F (32 s) for the request and one that answers a challenge, plus a worker's loss and return. */
const REGISTER_TIMEOUT = '75s';

/** The SIP server answers a repeated effect id from its ledger. */
export const { sendRegister } = proxyActivities<TrunkActivities>({
  scheduleToCloseTimeout: REGISTER_TIMEOUT,
  startToCloseTimeout: REGISTER_TIMEOUT,
  heartbeatTimeout: '1s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '2s' },
});

/** Runs as long as nothing changes. A late notice of a dead worker costs a few OPTIONS. */
export const { watchTrunk } = proxyActivities<TrunkActivities>({
  startToCloseTimeout: '24h',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1s', maximumInterval: '10s' },
});
