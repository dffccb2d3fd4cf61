import type { CallView } from '../../contracts/call';
import type { BotTimeline } from '../../contracts/messages';
import { languageOf } from './params';
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

/** The answer to the `botTimeline` query. */
export function botTimeline(call: CallSession): BotTimeline {
  const { dialect, sendEventsToBot } = call.input.channel;
  const language = languageOf(call);
  return {
    phase: call.outbox.isOver ? 'ended' : call.phase,
    timeline: call.outbox.kept,
    ...(dialect === undefined ? {} : { dialect }),
    ...(language === undefined ? {} : { language }),
    ...(sendEventsToBot === undefined ? {} : { sendEventsToBot }),
  };
}
