import { WorkflowNotFoundError } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';

/**
 * The histories of all runs of a workflow that went on in new ones, the first one first. Runs that Temporal has deleted already are left out.
 * @param fetchRun reads one run; the latest without an id
 */
export async function historiesOfRuns(fetchRun: (runId?: string) => Promise<History>): Promise<History[]> {
  const runs = [await fetchRun()];
  try {
    for (let id = runBefore(runs[0]); id !== undefined; id = runBefore(runs[0])) runs.unshift(await fetchRun(id));
  } catch (err) {
    if (!(err instanceof WorkflowNotFoundError)) throw err;
  }
  return runs;
}

function runBefore(run: History | undefined): string | undefined {
  const id = run?.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  return id === '' || id === null ? undefined : id;
}
