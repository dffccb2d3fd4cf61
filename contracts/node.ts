/** Whether a SIP node is there: asked before it is given up for good. */

/** Type name of the workflow that finds a worker of a node with a connection to its SIP server. */
export const NODE_PRESENCE_WORKFLOW_TYPE = 'nodePresenceWorkflow';

export function nodePresenceWorkflowId(node: string): string {
  return `node-presence-${node}`;
}

/** How long a worker of the node has to answer, in ms. */
export const NODE_PRESENCE_LIMIT_MS = 8_000;

export const NODE_NAME = /^[a-z0-9-]{1,40}$/;

export function isNodeName(text: string): boolean {
  return NODE_NAME.test(text);
}

export interface NodeActivities {
  /** @throws while this worker has no connection to the SIP server */
  requireSipServer(): Promise<void>;
}
