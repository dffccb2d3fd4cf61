import { condition } from '@temporalio/workflow';
import type { CallSession } from './session';

/** Ends the call when it has lasted as long as its trunk allows. */
export async function watchLongestDuration(call: CallSession): Promise<void> {
  const { maxCallMs } = call.input.trunk;
  const summary = `longest call ${Math.round(maxCallMs / 60_000)} min`;
  if (!(await condition(() => call.isEnded, maxCallMs, { summary })))
    call.apply({ type: 'LimitReached', atMs: Date.now() });
}
