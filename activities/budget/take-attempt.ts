import type { Client } from '@temporalio/client';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { BudgetActivities } from '../../contracts/budget';
import { BUDGET_TASK_QUEUE, BUDGET_WORKFLOW_TYPE, budgetWorkflowId, takeAttemptUpdate } from '../../contracts/budget';

/** One try; the workflow repeats it. */
const TRY_LIMIT_MS = 2_000;

export function createBudgetActivities(client: Client): BudgetActivities {
  return {
    async takeAttempt({ botId, attemptId, limit }) {
      const start = new WithStartWorkflowOperation(BUDGET_WORKFLOW_TYPE, {
        workflowId: budgetWorkflowId(botId),
        taskQueue: BUDGET_TASK_QUEUE,
        args: [],
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `transfer attempts of ${botId} in the last hour`,
      });
      return client.withDeadline(Date.now() + TRY_LIMIT_MS, () =>
        client.workflow.executeUpdateWithStart(takeAttemptUpdate, {
          startWorkflowOperation: start,
          updateId: attemptId,
          args: [{ limit }],
        })
      );
    },
  };
}
