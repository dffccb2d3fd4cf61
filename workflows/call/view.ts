import type { CallRecord, CallView } from '../../contracts/call';
import { recordKey } from '../../contracts/ids';
import type { CallSession } from './session';

const iso = (ms: number): string => new Date(ms).toISOString();

/** The answer to the `callState` query. */
export function callView(call: CallSession): CallView {
  const { state, input, timeline, startedAt } = call;
  return {
    callId: input.callId,
    phase: state.phase,
    node: input.node,
    trunk: input.trunk.id,
    botId: input.channel.botId,
    caller: input.invite.caller,
    callee: input.invite.callee,
    startedAt: startedAt.toISOString(),
    ...(state.answeredAtMs === undefined ? {} : { answeredAt: iso(state.answeredAtMs) }),
    ...(state.endedAtMs === undefined ? {} : { endedAt: iso(state.endedAtMs) }),
    ...(state.end ? { end: state.end } : {}),
    transfers: state.attempts,
    timeline,
  };
}

/** The call detail record of a call that has ended. */
export function callRecord(call: CallSession): CallRecord {
  const { phase: _, timeline: __, end, ...view } = callView(call);
  const { answeredAtMs, endedAtMs } = call.state;
  const { callerDisplayName } = call.input.invite;
  return {
    key: recordKey(call.input.callId, call.startedAt),
    ...view,
    ...(callerDisplayName === undefined ? {} : { callerDisplayName }),
    end: end ?? { reasonCode: 'error', reason: 'ended without a reason', by: 'fault' },
    prompts: call.prompts,
    refused: call.refused,
    talkMs: answeredAtMs === undefined || endedAtMs === undefined ? 0 : endedAtMs - answeredAtMs,
  };
}
