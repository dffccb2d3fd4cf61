import type { Client } from '@temporalio/client';
import { WorkflowClient } from '@temporalio/client';
import { EdgeReader } from '../activities/bot/edge-reader';
import type { CallId } from '../contracts/ids';
import { callWorkflowId } from '../contracts/ids';
import { callReadingQuery } from '../contracts/messages';
import type { LiveConfig } from './live-config';
import { trunkOfChannel } from './trunks/trunk-of-call';

/** A question that has no answer in this time, in ms, has none. */
const QUESTION_LIMIT_MS = 2_000;

/** Reads what bots send to the API, the SIP ingress and the activities of this process. Calls that have ended are asked nothing. */
export function createEdgeReader(live: LiveConfig, { connection, options: { namespace } }: Client): EdgeReader {
  const workflow = new WorkflowClient({ connection, namespace, queryRejectCondition: 'NOT_OPEN' });
  return new EdgeReader({
    node: live.current.node,
    trunkOf: (botId) => trunkOfChannel(live.current, botId),
    ask: (callId) =>
      workflow.withDeadline(Date.now() + QUESTION_LIMIT_MS, () =>
        workflow.getHandle(callWorkflowId(callId as CallId)).query(callReadingQuery)
      ),
  });
}
