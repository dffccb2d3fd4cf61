import type { LegKind } from '../../contracts/ids';
import type { MediaChanged } from '../../contracts/messages';
import type { CallEvent, CallState, Leg } from './state';
import { ended } from './state';
import * as refer from './transfer/refer-progress';
import { onTransferRequested } from './transfer/request';

/**
 * The call's state machine: pure and total. An event that means nothing in the present state leaves the same object.
 */
export function transition(state: CallState, event: CallEvent): CallState {
  if (state.phase === 'ended') return event.type === 'LegEnded' ? withLegDown(state, event.kind) : state;
  switch (event.type) {
    case 'BotInvited':
      return state.phase === 'arriving' ? { ...state, phase: 'ringing' } : state;
    case 'BotAnswered':
      return onBotAnswered(state, event);
    case 'BotUnavailable':
      return isSettingUp(state)
        ? ended(state, { reasonCode: 'bot-unavailable', reason: event.reason, by: 'bot' }, event.atMs)
        : state;
    case 'CallerAcknowledged':
      return state.awaitsAnswer ? { ...state, awaitsAnswer: false } : state;
    case 'CallerGone':
      return onCallerGone(state, event.atMs);
    case 'CallerCancelled':
      return onCallerCancelled(state, event.atMs);
    case 'TransferRequested':
      return onTransferRequested(state, event);
    case 'ReferAnswered':
      return refer.onReferAnswered(state, event);
    case 'ReferNotSent':
      return refer.onReferNotSent(state, event);
    case 'ReferUnanswered':
      return refer.onReferUnanswered(state, event);
    case 'ReferNotified':
      return refer.onReferNotified(state, event);
    case 'DeadlinePassed':
      return refer.onDeadlinePassed(state, event);
    case 'LegEnded':
      return onLegEnded(state, event);
    case 'MediaChanged':
      return onMediaChanged(state, event.change);
    case 'HangupRequested':
      return onHangupRequested(state, event);
    case 'EndRequested':
      return ended(
        state,
        { reasonCode: 'error', reason: event.reason ?? 'ended by an operator', by: 'operator' },
        event.atMs
      );
    case 'LimitReached':
      return ended(
        state,
        { reasonCode: 'error', reason: 'the call reached its longest duration', by: 'limit' },
        event.atMs
      );
    case 'GraceElapsed':
      return onGraceElapsed(state, event.atMs);
  }
}

function isSettingUp({ phase }: CallState): boolean {
  return phase === 'arriving' || phase === 'ringing';
}

function onBotAnswered(state: CallState, event: Extract<CallEvent, { type: 'BotAnswered' }>): CallState {
  if (!isSettingUp(state)) return state;
  return {
    ...state,
    phase: 'conversing',
    bot: { isUp: true, ...(event.bot ? { record: event.bot } : {}) },
    caller: { record: event.caller, isUp: true },
    ...(event.awaitsAnswer ? { awaitsAnswer: true } : {}),
    answeredAtMs: event.atMs,
  };
}

/** After the answer, a CANCEL that crossed it means that the caller never got it. */
function onCallerCancelled(state: CallState, atMs: number): CallState {
  const reasonCode = isSettingUp(state) ? 'caller-cancelled' : 'client-disconnected';
  return ended(unanswered(state), { reasonCode, reason: 'the caller gave up before the answer', by: 'caller' }, atMs);
}

/** Our answer found nobody: before it the bot is not called, after it the call is over. */
function onCallerGone(state: CallState, atMs: number): CallState {
  const reasonCode = isSettingUp(state) ? 'caller-gone' : 'client-disconnected';
  return ended(unanswered(state), { reasonCode, reason: 'the caller was gone before our answer', by: 'caller' }, atMs);
}

/** The bot's answer never reached the caller: nobody talked. */
function unanswered(state: CallState): CallState {
  const { answeredAtMs: _, ...rest } = withLegDown(state, 'caller');
  return rest;
}

function onLegEnded(state: CallState, event: Extract<CallEvent, { type: 'LegEnded' }>): CallState {
  const next = withLegDown(state, event.kind);
  if (next === state || state.phase === 'grace') return next;
  if (event.kind === 'caller') return onCallerLeft(next, event.reason, event.atMs);
  if (state.phase === 'transferring') return next;
  return ended(
    next,
    { reasonCode: 'bot-disconnected', reason: event.reason ?? 'the bot hung up', by: 'bot' },
    event.atMs
  );
}

function onCallerLeft(state: CallState, reason: string | undefined, atMs: number): CallState {
  if (state.phase === 'transferring') return refer.onCallerLeftWhilePending(state, atMs);
  return ended(
    state,
    { reasonCode: 'client-disconnected', reason: reason ?? 'the caller hung up', by: 'caller' },
    atMs
  );
}

function onHangupRequested(
  state: CallState,
  { reason, atMs }: Extract<CallEvent, { type: 'HangupRequested' }>
): CallState {
  if (state.phase === 'grace') return { ...state, graceUntilMs: atMs };
  return ended(
    state,
    { reasonCode: 'bot-disconnected', reason: reason ?? 'the bot asked to hang up', by: 'bot' },
    atMs
  );
}

function onGraceElapsed(state: CallState, atMs: number): CallState {
  if (state.phase !== 'grace' || atMs < (state.graceUntilMs ?? 0)) return state;
  return ended(state, state.end ?? { reasonCode: 'transferred', reason: 'transferred', by: 'transfer' }, atMs);
}

function onMediaChanged(state: CallState, { legs }: MediaChanged): CallState {
  return legs.reduce((next, { leg: { kind }, localSdp, remoteSdp }) => {
    const leg = legOf(next, kind);
    return leg?.record ? withLeg(next, kind, { ...leg, record: { ...leg.record, localSdp, remoteSdp } }) : next;
  }, state);
}

function withLegDown(state: CallState, kind: LegKind): CallState {
  const leg = legOf(state, kind);
  return leg?.isUp ? withLeg(state, kind, { ...leg, isUp: false }) : state;
}

function legOf(state: CallState, kind: LegKind): Leg | undefined {
  return kind === 'caller' || kind === 'bot' ? state[kind] : undefined;
}

function withLeg(state: CallState, kind: LegKind, leg: Leg): CallState {
  return { ...state, [kind]: leg };
}
