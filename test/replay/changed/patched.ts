import { patched, sleep } from '@temporalio/workflow';
import { callWorkflow as story } from '../../../workflows';

/** The same step, behind a patch: calls that are up go on without it. */
export async function callWorkflow(...args: Parameters<typeof story>): ReturnType<typeof story> {
  if (patched('2026-11-step-of-a-test')) await sleep(1);
  return story(...args);
}
