/** A workflow task that its worker does not finish in this time goes to another worker. */
export const WORKFLOW_TASK_TIMEOUT = '2s';
