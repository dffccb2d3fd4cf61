import { sleep } from '@temporalio/workflow';
import { callWorkflow as story } from '../../../workflows';

/** The product's call with one more step in front of it: calls that are up cannot take it. */
export async function callWorkflow(...args: Parameters<typeof story>): ReturnType<typeof story> {
  await sleep(1);
  return story(...args);
}
