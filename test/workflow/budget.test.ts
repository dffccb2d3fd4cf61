import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import type { WorkflowBundle } from '@temporalio/worker';
import { createBudgetActivities } from '../../activities/budget/take-attempt';
import { recordHistory } from '../support/record-histories';
import { BUDGET_TASK_QUEUE, budgetWorkflowId } from '../../contracts/budget';

const address = process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233';
let connection: Connection;
let native: NativeConnection;
let workflowBundle: WorkflowBundle;

beforeAll(async () => {
  connection = await Connection.connect({ address });
  native = await NativeConnection.connect({ address });
  const workflowsPath = path.join(__dirname, '../../workflows/index.ts');
  workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
});

afterAll(async () => {
  await native.close();
  await connection.close();
});

async function withBudgets(script: (client: Client) => Promise<void>): Promise<void> {
  const worker = await Worker.create({ connection: native, taskQueue: BUDGET_TASK_QUEUE, workflowBundle });
  await worker.runUntil(() => script(new Client({ connection })));
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
