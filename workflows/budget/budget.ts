import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { takeAttemptUpdate } from '../../contracts/budget';

const HOUR_MS = 3_600_000;

/**
 * The attempts of one bot channel in the last hour. Ends when there were none for an hour; the next attempt starts it again.
 * @param before times of attempts that an earlier run has granted, in ms
 */
export async function budgetWorkflow(before: number[] = []): Promise<void> {
  let granted = before;
  const ofLastHour = (): number[] => granted.filter((atMs) => atMs > Date.now() - HOUR_MS);
  setHandler(
    takeAttemptUpdate,
    ({ limit }) => {
      granted = ofLastHour();
      if (granted.length >= limit) return { status: 'used-up' };
      granted.push(Date.now());
      return { status: 'granted' };
    },
    { description: 'Counts one attempt when fewer than `limit` were made in the last hour: {limit}.' }
  );
  const isLong = (): boolean => workflowInfo().continueAsNewSuggested;
  do await condition(isLong, HOUR_MS, { summary: 'an hour' });
  while (ofLastHour().length > 0 && !isLong());
  await condition(allHandlersFinished);
  if (isLong()) await continueAsNew<typeof budgetWorkflow>(ofLastHour());
}
