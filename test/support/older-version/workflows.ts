import { setHandler } from '@temporalio/workflow';
import { sendReadActivitiesUpdate } from '../../../contracts/messages';
import { callWorkflow as story } from '../../../workflows';

/** The product's call as a worker knows it that is older than what is read at the edge. */
export async function callWorkflow(...args: Parameters<typeof story>): ReturnType<typeof story> {
  const call = story(...args);
  setHandler(sendReadActivitiesUpdate, undefined);
  return call;
}
