import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import type { SipActivities } from '../../contracts/activities-sip';
import * as timeouts from './timeouts';

/** Repeats are safe: the SIP server answers a repeated effect id from its ledger, and a BYE may go twice. */
const SIP_RETRY = { initialInterval: '50ms', backoffCoefficient: 2, maximumInterval: '1s' } as const;

/** A bot knows a repeat by its id. */
const BOT_RETRY = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s' } as const;

export const { inviteBot } = proxyActivities<SipActivities>({
  scheduleToCloseTimeout: timeouts.BOT_INVITE_MS,
  startToCloseTimeout: timeouts.BOT_INVITE_MS,
  heartbeatTimeout: timeouts.HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: SIP_RETRY,
});

export const { inviteTarget, bridgeReturned } = proxyActivities<SipActivities>({
  scheduleToCloseTimeout: timeouts.TARGET_INVITE_MS,
  startToCloseTimeout: timeouts.TARGET_INVITE_MS,
  heartbeatTimeout: timeouts.HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: SIP_RETRY,
});

export const { joinLegs, rejoinLegs } = proxyActivities<SipActivities>({
  scheduleToCloseTimeout: timeouts.JOIN_TIMEOUT,
  startToCloseTimeout: timeouts.JOIN_TIMEOUT,
  heartbeatTimeout: timeouts.HEARTBEAT_TIMEOUT,
  retry: SIP_RETRY,
});

export const { sendRefer, sendInfo } = proxyActivities<SipActivities>({
  scheduleToCloseTimeout: timeouts.REFER_TIMEOUT,
  startToCloseTimeout: timeouts.REFER_TIMEOUT,
  heartbeatTimeout: timeouts.HEARTBEAT_TIMEOUT,
  retry: SIP_RETRY,
});

export const { probeLeg, sendReport } = proxyActivities<SipActivities>({
  scheduleToCloseTimeout: timeouts.PROBE_TIMEOUT,
  startToCloseTimeout: timeouts.PROBE_TIMEOUT,
  heartbeatTimeout: timeouts.HEARTBEAT_TIMEOUT,
  retry: SIP_RETRY,
});

export const { endLeg, cancelInvite, acknowledgeBot } = proxyActivities<SipActivities>({
  scheduleToCloseTimeout: timeouts.BYE_TIMEOUT,
  startToCloseTimeout: timeouts.BYE_TIMEOUT,
  heartbeatTimeout: timeouts.HEARTBEAT_TIMEOUT,
  retry: SIP_RETRY,
});

export const { postMetaData } = proxyActivities<Activities>({
  scheduleToCloseTimeout: timeouts.BOT_EVENT_DEADLINE,
  startToCloseTimeout: timeouts.META_DATA_TIMEOUT,
  heartbeatTimeout: timeouts.HEARTBEAT_TIMEOUT,
  retry: BOT_RETRY,
});

export const { postEvents } = proxyActivities<Activities>({
  scheduleToCloseTimeout: timeouts.BOT_EVENT_DEADLINE,
  startToCloseTimeout: timeouts.BOT_POST_TIMEOUT,
  heartbeatTimeout: timeouts.HEARTBEAT_TIMEOUT,
  retry: BOT_RETRY,
});

/** Their limits are the connector's, given with each call. */
export const { createConversation, postActivities, disconnectConversation } = proxyActivities<Activities>({
  startToCloseTimeout: timeouts.BOT_POST_TIMEOUT,
  heartbeatTimeout: timeouts.HEARTBEAT_TIMEOUT,
  retry: BOT_RETRY,
});

export const { holdConversation } = proxyActivities<Activities>({
  startToCloseTimeout: timeouts.HOLD_TIMEOUT,
  retry: { initialInterval: '50ms', backoffCoefficient: 2, maximumInterval: '5s' },
});

export const { takeAttempt } = proxyActivities<Activities>({
  scheduleToCloseTimeout: timeouts.BUDGET_DEADLINE,
  startToCloseTimeout: timeouts.BUDGET_TRY,
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '1s' },
});

/** A file on this machine: written within the workflow task that ends the call, and by timers between the tries when the disk is full. */
export const { writeRecord } = proxyLocalActivities<Activities>({
  scheduleToCloseTimeout: timeouts.RECORD_DEADLINE,
  startToCloseTimeout: '1s',
  localRetryThreshold: '1s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m' },
});

export const { pushRecord } = proxyActivities<Activities>({
  scheduleToCloseTimeout: timeouts.RECORD_DEADLINE,
  startToCloseTimeout: timeouts.RECORD_PUSH_TIMEOUT,
  heartbeatTimeout: timeouts.HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
});

/** Asks the workflow that watches the trunk, which another worker may have to answer for. */
export const { checkTrunk } = proxyActivities<Activities>({
  scheduleToCloseTimeout: '3s',
  startToCloseTimeout: '2s',
  retry: { maximumAttempts: 1 },
});

/**
 * Validation needs a library that has no place in the sandbox; its verdict is kept in history, so later rules do not change old calls. A worker
 * that hangs takes as many attempts as it has polls open, 10, before another one gets one; two that hang at once are outlasted.
 */
export const { readActivities, answerWithoutMedia } = proxyActivities<Activities>({
  startToCloseTimeout: '1s',
  retry: { initialInterval: '50ms', maximumInterval: '200ms', maximumAttempts: 25 },
});

/** The same for calls that began when local activities did it (ADR 4). */
export const locally = proxyLocalActivities<Activities>({ startToCloseTimeout: '2s', retry: { maximumAttempts: 3 } });
