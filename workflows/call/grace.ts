import { condition } from '@temporalio/workflow';
import { timersOf } from '../../contracts/transfer-timers';
import type { CallEnd } from '../../contracts/call';
import { letBotGo, letLegGo, letTransferLegsGo } from './leave';
import { CALLER, partnerOfCaller } from './legs';
import type { CallSession } from './session';
import { isUp } from './state';

/**
 * After an answered transfer the bot keeps its time to finish. The caller's leg ends by the peer's BYE or by ours; a caller that talks with the
 * target through us stays.
 */
export async function grace(call: CallSession): Promise<void> {
  const { end, joinedTarget } = call.state;
  const isThroughUs = joinedTarget !== undefined;
  await Promise.all([keepBot(call, end), isThroughUs ? endBothWhenOneLeaves(call) : endCallerWhenPeerDoesNot(call)]);
}

async function keepBot(call: CallSession, end: CallEnd | undefined): Promise<void> {
  await untilElapsed(call);
  if (end) letBotGo(call, end);
}

async function endBothWhenOneLeaves(call: CallSession): Promise<void> {
  const hasLeft = (): boolean => !isUp(call.state.caller) || !isUp(partnerOfCaller(call.state));
  await condition(() => !call.isIn('grace') || hasLeft());
  if (!hasLeft()) return;
  letLegGo(call, CALLER, 'the target hung up');
  letTransferLegsGo(call, 'the caller hung up');
}

async function untilElapsed(call: CallSession): Promise<void> {
  while (call.isIn('grace')) {
    const { graceUntilMs = 0 } = call.state;
    const leftMs = graceUntilMs - Date.now();
    const summary = `grace ${(leftMs / 1000).toFixed(1)} s`;
    if (leftMs <= 0 || !(await condition(() => call.state.graceUntilMs !== graceUntilMs, leftMs, { summary })))
      call.apply({ type: 'GraceElapsed', atMs: Date.now() });
  }
}

async function endCallerWhenPeerDoesNot(call: CallSession): Promise<void> {
  const hasLeft = (): boolean => !isUp(call.state.caller);
  const { callerByeMs } = timersOf(call.input.trunk, { target: call.state.attempts.at(-1)?.target ?? '' });
  if (hasLeft() || (await condition(hasLeft, callerByeMs, { summary: 'peer’s BYE' }))) return;
  letLegGo(call, CALLER, 'transferred');
}
