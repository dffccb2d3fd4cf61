import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { createBudgetActivities } from '../../activities/budget/take-attempt';
import { BUDGET_TASK_QUEUE, budgetWorkflowId } from '../../contracts/budget';
import { recordHistory } from '../support/record-histories';
import { WorkflowHost } from '../support/workflow-host';

/** Each time on a worker of its own. */
async function withBudgets(script: (client: Client) => Promise<void>): Promise<void> {
  const host = await WorkflowHost.open(BUDGET_TASK_QUEUE);
  await script(host.client).finally(() => host.close());
}

describe('the budget of a channel', () => {
  it('grants as many attempts as the limit, counts a repeated one once, and survives its worker', async () => {
    const botId = `bot-${randomUUID()}`;
    const take = (client: Client, attemptId: string, limit = 3) =>
      createBudgetActivities(client).takeAttempt({ botId, attemptId, limit });
    await withBudgets(async (client) => {
      expect(await take(client, 'one')).toEqual({ status: 'granted' });
      expect(await take(client, 'one')).toEqual({ status: 'granted' });
      expect(await take(client, 'two')).toEqual({ status: 'granted' });
    });
    await withBudgets(async (client) => {
      expect(await take(client, 'three')).toEqual({ status: 'granted' });
      expect(await take(client, 'four')).toEqual({ status: 'used-up' });
      expect(await take(client, 'five', 4)).toEqual({ status: 'granted' });
      await client.workflow.getHandle(budgetWorkflowId(botId)).terminate();
    });
  });

  it('forgets attempts after an hour, and ends when there is nothing to remember', async () => {
    const workflowId = budgetWorkflowId(`bot-${randomUUID()}`);
    await withBudgets(async (client) => {
      const hourAgo = Date.now() - 3_600_000;
      const options = { workflowId, taskQueue: BUDGET_TASK_QUEUE, args: [[hourAgo, hourAgo]] };
      const handle = await client.workflow.start('budgetWorkflow', options);
      await expect(handle.executeUpdate('takeAttempt', { args: [{ limit: 1 }] })).resolves.toEqual({
        status: 'granted',
      });
      await expect(handle.executeUpdate('takeAttempt', { args: [{ limit: 1 }] })).resolves.toEqual({
        status: 'used-up',
      });
      await handle.terminate();
      await recordHistory(handle);
    });
  });
});
