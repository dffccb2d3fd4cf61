import type { CancellationScope } from '@temporalio/workflow';
import type { InviteTargetInput } from '../../../contracts/activities-sip';
import { cancelInvite } from '../effects';
import { failureText, isActivityFailure } from '../failure';
import type { CallSession } from '../session';

/**
 * CANCEL on the wire at once; the ringing activity itself ends an answer that crosses it.
 * @param ringing the activity, which runs in `scope`
 * @returns what it led to all the same
 */
export async function cancelTarget<Result>(
  call: CallSession,
  { effectId, over }: Pick<InviteTargetInput, 'effectId' | 'over'>,
  scope: CancellationScope,
  ringing: Promise<Result>
): Promise<Result> {
  scope.cancel();
  const hosts = over?.hosts.length ?? 1;
  const cancelling = cancelInvite.executeWithOptions(
    { summary: 'CANCEL → target' },
    hosts > 1 ? [effectId, hosts] : [effectId]
  );
  const [result] = await Promise.all([ringing, cancelling.catch(noteFailure(call))]);
  return result;
}

function noteFailure(call: CallSession): (err: unknown) => void {
  return (err) => {
    if (!isActivityFailure(err)) throw err;
    call.note({ event: 'CancelFailed', detail: failureText(err) });
  };
}
