import { WorkflowNotFoundError } from '@temporalio/client';
import { Context } from '@temporalio/activity';

const ASK_LIMIT_MS = 5_000;

/**
 * True when this run of an activity is to leave what it has begun as it is: it was taken for dead after a pause of its process, or its worker
 * stops, and another run goes on with the same effects. False for one that the call itself has cancelled, or whose call is over.
 */
export async function isLeftToAnotherRun(): Promise<boolean> {
  const { cancellationSignal, cancellationDetails } = Context.current();
  if (!cancellationSignal.aborted || cancellationDetails?.cancelRequested === true) return false;
  return cancellationDetails?.notFound === true ? isCallOpen() : true;
}

/** Temporal says the same of a run that came too late as of one whose workflow was terminated. */
async function isCallOpen(): Promise<boolean> {
  const { client, info } = Context.current();
  const { workflowId, runId } = info.workflowExecution ?? { workflowId: '' };
  const handle = client.workflow.getHandle(workflowId, runId);
  try {
    // Under a signal of its own: that of the activity would end the question at once.
    const { status } = await client.withAbortSignal(AbortSignal.timeout(ASK_LIMIT_MS), () => handle.describe());
    return status.name === 'RUNNING';
  } catch (err) {
    return !(err instanceof WorkflowNotFoundError);
  }
}
