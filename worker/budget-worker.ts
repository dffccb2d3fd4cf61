import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { Config } from '../config/config';
import { BUDGET_TASK_QUEUE } from '../contracts/budget';
import { WORKFLOW_BUNDLE } from './bundle-workflows';

/** @returns the worker that counts attempts for the channels of every node; undefined when none of this configuration has a budget */
export async function createBudgetWorker(
  { channels }: Pick<Config, 'channels'>,
  connection: NativeConnection,
  namespace: string
): Promise<Worker | undefined> {
  if (channels.every(({ attemptsPerHour }) => attemptsPerHour === undefined)) return undefined;
  return Worker.create({
    connection,
    namespace,
    taskQueue: BUDGET_TASK_QUEUE,
    workflowBundle: { codePath: WORKFLOW_BUNDLE },
    stickyQueueScheduleToStartTimeout: '500ms',
  });
}
