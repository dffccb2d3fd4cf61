import type { Client } from '@temporalio/client';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { nodeTaskQueue } from '../../contracts/ids';
import { runningQuery } from '../../contracts/list-query';
import { CALL_WORKFLOW_TYPE, nodeLostSignal } from '../../contracts/messages';
import { NODE_PRESENCE_LIMIT_MS, NODE_PRESENCE_WORKFLOW_TYPE, nodePresenceWorkflowId } from '../../contracts/node';
import { RECONCILIATION_WORKFLOW_TYPE } from '../../contracts/reconciliation';
import { REGISTRATION_WORKFLOW_TYPE, trunkRemovedSignal } from '../../contracts/registration';

/** Workflow ids of what a node has not ended yet. */
export interface OpenWork {
  calls: string[];
  trunks: string[];
}

/** What a SIP node has under way, as Temporal knows it. */
export class NodeWork {
  readonly #told = new Set<string>();

  constructor(
    private readonly client: Client,
    private readonly node: string
  ) {}

  /** Whether Temporal knows of a worker, call or trunk that the node has, or had as long as histories are kept. */
  async isKnown(): Promise<boolean> {
    if (await this.#hasPollers()) return true;
    const types = [CALL_WORKFLOW_TYPE, REGISTRATION_WORKFLOW_TYPE, RECONCILIATION_WORKFLOW_TYPE];
    const query = `TaskQueue = '${nodeTaskQueue(this.node)}' AND WorkflowType IN (${types.map((type) => `'${type}'`).join(', ')})`;
    return (await this.client.workflow.count(query)).count > 0;
  }

  /** Whether a worker with a connection to the SIP server serves the node. Takes up to 8 s when the last one has just gone. */
  async isServed(): Promise<boolean> {
    if (!(await this.#hasPollers())) return false;
    const handle = await this.client.workflow.start(NODE_PRESENCE_WORKFLOW_TYPE, {
      workflowId: nodePresenceWorkflowId(this.node),
      taskQueue: nodeTaskQueue(this.node),
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowExecutionTimeout: NODE_PRESENCE_LIMIT_MS,
      staticSummary: `is node ${this.node} there?`,
    });
    try {
      return (await handle.result()) as boolean;
    } catch (err) {
      // Nobody took it in time.
      if (err instanceof WorkflowFailedError) return false;
      throw err;
    }
  }

  async open(): Promise<OpenWork> {
    const calls: string[] = [];
    const trunks: string[] = [];
    for await (const { workflowId, type } of this.#running()) {
      if (type === CALL_WORKFLOW_TYPE) calls.push(workflowId);
      if (type === REGISTRATION_WORKFLOW_TYPE) trunks.push(workflowId);
    }
    return { calls, trunks };
  }

  /** Tells calls and trunks that the node is lost, each once; ends a reconciliation, which holds nothing. */
  async tellLost({ calls, trunks }: OpenWork, reason: string): Promise<void> {
    for (const id of calls) await this.#once(id, (handle) => handle.signal(nodeLostSignal, { reason }));
    for (const id of trunks) await this.#once(id, (handle) => handle.signal(trunkRemovedSignal));
    for await (const { workflowId, type } of this.#running())
      if (type === RECONCILIATION_WORKFLOW_TYPE) await this.#once(workflowId, (handle) => handle.terminate(reason));
  }

  /** Temporal names workers for some minutes after they last asked for tasks. */
  async #hasPollers(): Promise<boolean> {
    const { pollers } = await this.client.workflowService.describeTaskQueue({
      namespace: this.client.options.namespace,
      taskQueue: { name: nodeTaskQueue(this.node) },
    });
    return pollers.length > 0;
  }

  #running(): ReturnType<Client['workflow']['list']> {
    return this.client.workflow.list({ query: runningQuery({ node: this.node }) });
  }

  async #once(workflowId: string, tell: (handle: Handle) => Promise<unknown>): Promise<void> {
    if (this.#told.has(workflowId)) return;
    try {
      await tell(this.client.workflow.getHandle(workflowId));
    } catch (err) {
      // It has ended meanwhile.
      if (!(err instanceof WorkflowNotFoundError)) throw err;
    }
    this.#told.add(workflowId);
  }
}

type Handle = ReturnType<Client['workflow']['getHandle']>;
