import { condition } from '@temporalio/workflow';
import { timersOf } from '../../contracts/transfer-timers';
import { letBotGo, letLegGo } from './leave';
import type { CallSession } from './session';
import { isUp } from './state';

/** After an answered transfer: the bot keeps its time to finish, the caller's leg ends by the peer's BYE or by ours. */
export async function grace(call: CallSession): Promise<void> {
  await Promise.all([keepBot(call), endCallerWhenPeerDoesNot(call)]);
}

async function keepBot(call: CallSession): Promise<void> {
  await untilElapsed(call);
  if (call.state.end) letBotGo(call, call.state.end);
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
  const { callerByeMs } = timersOf(call.input.trunk);
  if (hasLeft() || (await condition(hasLeft, callerByeMs, { summary: 'peer’s BYE' }))) return;
  letLegGo(call, 'caller', 'transferred');
}
