import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { CallId } from '../../contracts/ids';
import { callIdOfWorkflow, callWorkflowId } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import { runningQuery } from '../../contracts/list-query';
import { CALL_WORKFLOW_TYPE, callLegsQuery, dialogEndedSignal } from '../../contracts/messages';

const ASK_LIMIT_MS = 5_000;

/** The calls of a node as Temporal has them. */
export class NodeCalls {
  constructor(
    private readonly client: Client,
    private readonly node: string
  ) {}

  /** The calls that have not ended, with their start, ms since 1970. Temporal's list lags behind by up to about a second. */
  async open(): Promise<Map<CallId, number>> {
    const query = runningQuery({ type: CALL_WORKFLOW_TYPE, node: this.node });
    const open = new Map<CallId, number>();
    for await (const { workflowId, startTime } of this.client.workflow.list({ query })) {
      const callId = callIdOfWorkflow(workflowId);
      if (callId !== undefined) open.set(callId, startTime.getTime());
    }
    return open;
  }

  /** Whether the call goes on now: asked of the workflow itself, not of the list. */
  async isOpen(callId: CallId): Promise<boolean> {
    const { status } = (await this.#ask(callId, (handle) => handle.describe())) ?? {};
    return status?.name === 'RUNNING';
  }

  /** The legs that are up; none of a call that has ended. @throws when no worker answers for it */
  async legs(callId: CallId): Promise<LegRecord[]> {
    const known = await this.#ask(callId, (handle) => handle.query(callLegsQuery));
    return known?.legs ?? [];
  }

  /** Tells the call that the SIP server has a leg's dialog no more. */
  async tellLost(callId: CallId, { name: leg }: LegRecord): Promise<void> {
    const reason = `the SIP server has lost the ${leg.kind}’s dialog`;
    await this.#ask(callId, (handle) => handle.signal(dialogEndedSignal, { leg, reason, isLost: true }));
  }

  async #ask<Answer>(callId: CallId, ask: (handle: Handle) => Promise<Answer>): Promise<Answer | undefined> {
    const handle = this.client.workflow.getHandle(callWorkflowId(callId));
    try {
      return await this.client.withDeadline(Date.now() + ASK_LIMIT_MS, () => ask(handle));
    } catch (err) {
      if (err instanceof WorkflowNotFoundError) return undefined;
      throw err;
    }
  }
}

type Handle = ReturnType<Client['workflow']['getHandle']>;
