import { condition } from '@temporalio/workflow';
import type { CallSession } from './session';

/** Ends the call when it has lasted as long as its trunk allows. */
export async function watchLongestDuration(call: CallSession): Promise<void> {
  const summary = `longest call ${Math.round(call.input.trunk.maxCallMs / 60_000)} min`;
  if (!(await condition(() => call.isEnded, Math.max(call.limitAtMs - Date.now(), 1), { summary })))
    call.apply({ type: 'LimitReached', atMs: Date.now() });
}
