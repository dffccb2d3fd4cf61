import { condition, patched, setHandler } from '@temporalio/workflow';
import type { CallerAnswer, CallPhase } from '../../contracts/call';
import type { Said } from '../../contracts/edge-reading';
import { isEdgeReading } from '../../contracts/edge-reading';
import { FAILURE } from '../../contracts/failures';
import * as messages from '../../contracts/messages';
import * as shapes from '../../contracts/signal-shapes';
import { whyUnreadable } from '../payload-converter';
import { acknowledgeBot } from './acknowledge';
import { carryOut, carryOutActivities, carryOutSentActivities } from './bot-activities';
import { isAwaited } from './early-end';
import { refuseEarly } from './early-refusal';
import { allLegs, joinedLegs, legOf } from './legs';
import { onFact, onRequest } from './on-message';
import { callReading } from './reading';
import { refusal } from './refusal';
import type { CallSession } from './session';
import { bridge, refuseStranger } from './transfer/bridge-returned';
import { isUp } from './state';
import { pendingBy } from './transfer/pending';
import { ANSWER_AFTER_BYE_MS } from './timeouts';
import { tellProgress } from './transfer/tell-bot';
import { botTimeline, callView } from './view';

/** Wires what comes from outside to the call's state. Handlers apply events; they decide nothing. */
export function handleMessages(call: CallSession): void {
  handlePeers(call);
  handleBots(call);
  handleQueries(call);
}

function handlePeers(call: CallSession): void {
  onFact(
    call,
    messages.callerAcknowledgedSignal,
    shapes.isCallerAcknowledged,
    'The caller’s ACK with its answer to our offer: {sdp}.',
    ({ sdp }) => acknowledgeBot(call, sdp)
  );
  onFact(
    call,
    messages.dtmfReceivedSignal,
    shapes.isDtmfReceived,
    'Digits of the caller: {leg, request, digits}.',
    ({ leg, request, digits }) => {
      if (!call.seen.isRepeat(leg.kind, request)) call.outbox.post({ name: 'DTMF', value: digits });
    }
  );
  onFact(
    call,
    messages.dialogEndedSignal,
    shapes.isDialogEnded,
    'A leg has ended: {leg: {kind, attempt}, dialogId?, request?, reason?, isLost?}.',
    (fact) => legEnded(call, fact)
  );
  onFact(
    call,
    messages.referNotifiedSignal,
    shapes.isReferNotified,
    'A NOTIFY of a REFER came: {leg, request, referCseq?, sipStatus?, reasonPhrase?, cause?, subscription: {state, reason?}}.',
    (notify) => referNotified(call, notify)
  );
  handleWorkers(call);
  handleCallerOfInvite(call);
}

/** What workers have done to the call's legs, or found. */
function handleWorkers(call: CallSession): void {
  onFact(
    call,
    messages.mediaChangedSignal,
    shapes.isMediaChanged,
    'The session descriptions of legs have changed: {legs: [{leg, localSdp, remoteSdp}]}.',
    (change) => call.apply({ type: 'MediaChanged', change })
  );
  onFact(
    call,
    messages.nodeLostSignal,
    shapes.isNodeLost,
    'The SIP node of the call never comes back: {reason?}.',
    (fact) => call.apply({ type: 'NodeLost', ...fact, atMs: Date.now() })
  );
}

function handleCallerOfInvite(call: CallSession): void {
  setHandler(messages.callerGoneSignal, () => callerGone(call), {
    description: 'The caller was gone before our answer could go out.',
  });
  setHandler(messages.callerCancelledSignal, () => call.apply({ type: 'CallerCancelled', atMs: Date.now() }), {
    description: 'The caller gave up before the answer.',
  });
  onFact(
    call,
    messages.returnedGoneSignal,
    shapes.isReturnedGone,
    'A peer that called back is gone: {inviteId}.',
    (fact) => call.apply({ type: 'ReturnedGone', ...fact, atMs: Date.now() })
  );
  onRequest(call, messages.bridgeReturnedUpdate, (returned) => bridge(call, returned), {
    validator: (returned: unknown) => refuseStranger(call, returned),
    description: 'Takes a call that came back because of our REFER; resolves with the answer to its INVITE.',
  });
  onRequest(call, messages.awaitAnswerUpdate, () => answerOf(call), {
    description:
      'Resolves with what the caller’s INVITE is to be answered with. Asked by the process that holds the INVITE.',
  });
}

function referNotified(call: CallSession, notify: messages.ReferNotified): void {
  if (call.seen.isRepeat(notify.leg.kind, notify.request)) return;
  call.apply({ type: 'ReferNotified', notify, atMs: Date.now() });
  tellProgress(call, notify.sipStatus);
}

function legEnded(call: CallSession, { leg, dialogId, request, reason, isLost }: messages.DialogEnded): void {
  if (request && call.seen.isRepeat(leg.kind, request)) return;
  if (isAwaited(call.state, leg) && patched('2026-11-early-end')) {
    const dialog = dialogId === undefined ? {} : { dialogId };
    call.apply({
      type: 'LegEndedEarly',
      end: { leg, ...dialog, ...(request ? { remoteTag: request.remoteTag } : {}) },
    });
    return;
  }
  if (dialogId !== undefined && legOf(call.state, leg)?.record?.dialogId !== dialogId) return;
  const isReferOpen = !isLost && leg.kind === 'caller' && pendingBy(call.state, 'refer')?.stage === 'requested';
  call.apply({
    type: 'LegEnded',
    ...leg,
    ...(reason === undefined ? {} : { reason }),
    ...(isLost ? { isLost } : {}),
    ...(isReferOpen && patched('2026-11-answer-after-bye') ? { answerWithinMs: ANSWER_AFTER_BYE_MS } : {}),
    atMs: Date.now(),
  });
}

/** A worker whose answer was lost asks later whether another's reached the caller, and finds a caller gone that has hung up since. */
function callerGone(call: CallSession): void {
  const { caller } = call.state;
  if (caller && !isUp(caller) && patched('2026-11-caller-left')) return;
  call.apply({ type: 'CallerGone', atMs: Date.now() });
}

async function answerOf(call: CallSession): Promise<CallerAnswer> {
  await condition(() => call.answer !== undefined);
  return call.answer ?? { sipStatus: 480 };
}

function endByOperator(call: CallSession, reason: string | undefined): CallPhase {
  call.apply({ type: 'EndRequested', ...(reason === undefined ? {} : { reason }), atMs: Date.now() });
  return call.phase;
}

function handleBots(call: CallSession): void {
  call.outbox.onAnswer((said) => carryOutSentActivities(call, said));
  call.delayed.onDue((activity) => carryOut(call, activity));
  onRequest(call, messages.sendActivitiesUpdate, (payload) => carryOutActivities(call, { payload }), {
    validator: (payload: unknown) => refuseEarly(call, payload),
    description: 'Carries out bot activities (transfer, handover, hangup): one, a list, or {activities: [...]}.',
  });
  onRequest(
    call,
    messages.requestTransferUpdate,
    ({ referCseq, activity }) => carryOutActivities(call, { payload: activity }, referCseq),
    {
      validator: (refer: unknown) => {
        if (!shapes.isBotRefer(refer))
          throw refusal(FAILURE.INVALID_ACTIVITY, 'the payload must be {referCseq, activity}');
        refuseEarly(call, refer.activity);
      },
      description: 'Begins the transfer that the bot asked for by REFER on its leg: {referCseq, activity}.',
    }
  );
  onRequest(
    call,
    messages.sendReadActivitiesUpdate,
    ({ referCseq, ...said }) => carryOutActivities(call, said, referCseq),
    {
      validator: (said: unknown) => {
        if (!shapes.isReadPayload(said))
          throw refusal(FAILURE.INVALID_ACTIVITY, 'the payload must be {payload, edge: {asOf, reading}, referCseq?}');
        refuseEarly(call, said.payload);
      },
      description:
        'As sendActivities and requestTransfer, from workers that have read the payload: {payload, edge, referCseq?}.',
    }
  );
  onRequest(call, messages.endCallUpdate, ({ reason }) => endByOperator(call, reason), {
    description: 'Ends the call on an operator’s word: {reason?}.',
    validator: (request: unknown) => {
      if (!shapes.isEndRequest(request)) throw refusal(FAILURE.INVALID_ACTIVITY, 'the payload must be {reason?: text}');
      if (call.isEnded) throw refusal(FAILURE.CALL_NOT_READY, 'the call has ended');
    },
  });
  setHandler(messages.webSocketOpenedSignal, () => call.conversation?.webSocketOpened(), {
    description: 'The bot of a connector can push activities now.',
  });
  setHandler(
    messages.activitiesSentSignal,
    (payload, edge) => carryOutSentActivities(call, pushed(call, payload, edge)),
    {
      description:
        'Bot activities as a signal; what is wrong with them stands in the timeline and comes back as transferStatus.',
    }
  );
}

/** What came by a signal. A worker of an older version may have read it anew: a replay has to do the same. */
function pushed(call: CallSession, payload: unknown, edge: unknown): Said {
  const isReadable = call.input.withoutLocalActivities === true && whyUnreadable(edge) === undefined;
  return isReadable && isEdgeReading(edge) && patched('2026-11-edge-reading') ? { payload, edge } : { payload };
}

function callLegs({ state, input }: CallSession): messages.CallLegs {
  const legs = allLegs(state).flatMap((leg) => (leg.isUp && leg.record ? [leg.record] : []));
  const isJoining = pendingBy(state, 'invite')?.stage === 'joining';
  const { awaitsAnswer = false } = state;
  return { legs, joined: joinedLegs(state), isJoining, takesDtmf: input.channel.takesDtmf, awaitsAnswer };
}

function handleQueries(call: CallSession): void {
  setHandler(messages.callStateQuery, () => callView(call), {
    description: 'Phase, legs, transfer attempts and timeline.',
  });
  setHandler(messages.botTimelineQuery, () => botTimeline(call), {
    description: 'The last events of the bot’s conversation, each with its number.',
  });
  setHandler(messages.callReadingQuery, () => callReading(call), {
    description: 'What the words of the bot are read by: its presets and parameters, its words, the rules for targets.',
  });
  setHandler(messages.callLegsQuery, () => callLegs(call), {
    description: 'The legs that are up, with their session descriptions, and what else a relay needs.',
  });
}
