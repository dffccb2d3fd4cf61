import { defineUpdate } from '@temporalio/workflow';

/** How many transfer attempts a bot channel may make in an hour. One workflow per channel counts them, for the calls of every node. */

/** Type name of the workflow. */
export const BUDGET_WORKFLOW_TYPE = 'budgetWorkflow';

/** Task queue of the budgets: every worker that has a channel with a budget serves it. */
export const BUDGET_TASK_QUEUE = 'channel-budgets';

export function budgetWorkflowId(botId: string): string {
  return `budget-${botId}`;
}

export interface BudgetVerdict {
  status: 'granted' | 'used-up';
}

/** Counts one attempt when fewer than `limit` were made in the last hour. The update id is the attempt id: a repeat is the same attempt. */
export const takeAttemptUpdate = defineUpdate<BudgetVerdict, [{ limit: number }]>('takeAttempt');

export interface TakeAttemptInput {
  botId: string;
  attemptId: string;
  /** Attempts per hour. */
  limit: number;
}

export interface BudgetActivities {
  /** Takes one attempt from the channel's budget. */
  takeAttempt(input: TakeAttemptInput): Promise<BudgetVerdict>;
}
