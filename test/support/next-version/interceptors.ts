import type { WorkflowInterceptors } from '@temporalio/workflow';
import { patched, sleep } from '@temporalio/workflow';

/** What the next version of the workflows does otherwise: a pause before each REFER, behind a patch. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      async scheduleActivity(input, next) {
        if (input.activityType === 'sendRefer' && patched('2026-11-pause-of-a-test')) await sleep(1);
        return next(input);
      },
    },
  ],
});
