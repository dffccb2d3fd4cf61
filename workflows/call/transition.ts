import type { LegName } from '../../contracts/ids';
import { onLegEndedEarly } from './early-end';
import { CALLER, partnerOfCaller, withAllLegsDown, withLegDown, withMedia } from './legs';
import type { CallEvent, CallState } from './state';
import { ended, isUp } from './state';
import { concluded } from './transfer/conclusion';
import * as invite from './transfer/invite-progress';
import { cancelled } from './transfer/refer-outcomes';
import * as refer from './transfer/refer-progress';
import { onCallerReturned, returning } from './transfer/return-to-bot-progress';
import * as returned from './transfer/returned-progress';
import { withoutPlan } from './transfer/plan';
import { onTransferRefused, onTransferRequested } from './transfer/request';

/**
 * The call's state machine: pure and total. An event that means nothing in the present state leaves the same object.
 */
export function transition(state: CallState, event: CallEvent): CallState {
  if (state.phase === 'ended') return event.type === 'LegEnded' ? withLegDown(state, nameOf(event)) : state;
  switch (event.type) {
    case 'BotInvited':
      return state.phase === 'arriving' ? { ...state, phase: 'ringing' } : state;
    case 'BotAnswered':
      return onBotAnswered(state, event);
    case 'BotUnavailable':
      return isSettingUp(state)
        ? ended(state, { reasonCode: 'bot-unavailable', reason: event.reason, by: 'bot' }, event.atMs)
        : state;
    case 'BotLost':
      return onBotLost(state, event.reason);
    case 'BotFailed':
      return ended(state, { reasonCode: 'error', reason: event.reason, by: 'bot' }, event.atMs);
    case 'CallerAcknowledged':
      return state.awaitsAnswer ? { ...state, awaitsAnswer: false } : state;
    case 'CallerGone':
      return onCallerGone(state, event.atMs);
    case 'CallerCancelled':
      return onCallerCancelled(state, event.atMs);
    case 'TransferRequested':
      return onTransferRequested(state, event);
    case 'TransferRefused':
      return onTransferRefused(state, event);
    case 'ReferAnswered':
      return refer.onReferAnswered(state, event);
    case 'ReferPutOff':
      return refer.onReferPutOff(state, event);
    case 'LegProbed':
      return refer.onLegProbed(state, event);
    case 'TransferCancelled':
      return concluded(withoutPlan(state), cancelled(event.reason), event.atMs);
    case 'ReferNotSent':
      return refer.onReferNotSent(state, event);
    case 'ReferUnanswered':
      return refer.onReferUnanswered(state, event);
    case 'ReferNotified':
      return refer.onReferNotified(state, event);
    case 'TargetAnswered':
      return invite.onTargetAnswered(state, event);
    case 'TargetRefused':
      return invite.onTargetRefused(state, event);
    case 'TargetSilent':
      return invite.onTargetSilent(state, event);
    case 'TargetNotCalled':
      return invite.onTargetNotCalled(state, event);
    case 'TargetJoined':
      return invite.onTargetJoined(state, event);
    case 'JoinFailed':
      return invite.onJoinFailed(state, event);
    case 'DeadlinePassed':
      return refer.onDeadlinePassed(state, event);
    case 'LegEnded':
      return onLegEnded(state, event);
    case 'LegEndedEarly':
      return onLegEndedEarly(state, event);
    case 'CallerReturned':
      return onCallerReturned(state, event);
    case 'CallReturned':
      return returned.onCallReturned(state, event);
    case 'ReturnedJoined':
      return returned.onReturnedJoined(state, event);
    case 'ReturnedRefused':
      return returned.onReturnedRefused(state, event);
    case 'ReturnedGone':
      return returned.onReturnedGone(state, event);
    case 'MediaChanged':
      return withMedia(state, event.change.legs);
    case 'NodeLost':
      return ended(
        withAllLegsDown(state),
        { reasonCode: 'sip-node-lost', reason: event.reason ?? 'the SIP node is lost', by: 'fault' },
        event.atMs
      );
    case 'HangupRequested':
      return onHangupRequested(state, event);
    case 'EndRequested':
      return ended(
        state,
        { reasonCode: 'operator-disconnected', reason: event.reason ?? 'ended by an operator', by: 'operator' },
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

/** A bot that has been let go, or is about to be, is not missed. */
function onBotLost(state: CallState, reason: string): CallState {
  if (state.phase === 'grace' || state.bot?.isUp === false || state.botLost !== undefined) return state;
  return { ...state, botLost: reason };
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
  const { answeredAtMs: _, ...rest } = withLegDown(state, CALLER);
  return rest;
}

function nameOf({ kind, attempt = 0 }: Extract<CallEvent, { type: 'LegEnded' }>): LegName {
  return { kind, attempt };
}

type LegEnded = Extract<CallEvent, { type: 'LegEnded' }>;

function onLegEnded(state: CallState, event: LegEnded): CallState {
  const { kind, reason, isLost, atMs } = event;
  const next = withLegDown(state, nameOf(event));
  if (next === state || state.phase === 'grace') return next;
  if (state.phase === 'connected' && returned.isThroughReturned(state)) return onReturnedLeft(next, event);
  if (kind === 'caller' && isLost)
    return ended(next, { reasonCode: 'error', reason: reason ?? 'the caller’s dialog is lost', by: 'fault' }, atMs);
  if (kind === 'caller') return onCallerLeft(next, event);
  if (state.phase === 'transferring' || isUp(partnerOfCaller(next))) return next;
  if (kind !== 'bot' && next.continues && isUp(next.bot)) return returning(next);
  return kind === 'bot'
    ? ended(
        next,
        { reasonCode: 'bot-disconnected', reason: reason ?? 'the bot hung up', by: isLost ? 'fault' : 'bot' },
        atMs
      )
    : ended(next, { reasonCode: 'transferred', reason: reason ?? 'the target hung up', by: 'target' }, atMs);
}

/** The caller's own leg has had its part with the REFER; the legs of the call that came back end it. */
function onReturnedLeft(state: CallState, { kind, reason, atMs }: LegEnded): CallState {
  if (returned.isThroughReturned(state)) return state;
  return returned.afterReturnedLeft(state, kind === 'returned' ? 'caller' : 'target', atMs, reason);
}

function onCallerLeft(state: CallState, { reason, answerWithinMs, atMs }: LegEnded): CallState {
  if (state.pending?.method === 'refer') return refer.onCallerLeftWhilePending(state, atMs, answerWithinMs);
  if (state.loose?.isAnswered === true)
    return ended(
      state,
      { reasonCode: 'transferred', reason: `transferred late to ${state.loose.target}`, by: 'transfer' },
      atMs
    );
  const reasonCode = state.joinedTarget === undefined ? 'client-disconnected' : 'transferred';
  return ended(state, { reasonCode, reason: reason ?? 'the caller hung up', by: 'caller' }, atMs);
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
  const { graceUntilMs: _, end: __, ...talking } = state;
  if (isUp(state.caller) && state.joinedTarget !== undefined && isUp(partnerOfCaller(state)))
    return { ...talking, phase: 'connected' };
  if (returned.isThroughReturned(state)) return { ...talking, phase: 'connected' };
  return ended(state, state.end ?? { reasonCode: 'transferred', reason: 'transferred', by: 'transfer' }, atMs);
}
