import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { InviteBotInput, InviteBotResult } from '../../contracts/activities-sip';
import type { CallerAnswer } from '../../contracts/call';
import type { EffectId } from '../../contracts/ids';
import { effectId } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import type { ConversationFailure } from './conversation/conversation';
import { failoverOf } from './conversation/fail-over';
import { hasEndedEarly } from './early-end';
import { answerWithoutMedia, cancelInvite, inviteBot, locally } from './effects';
import { failureText } from './failure';
import { sendBye } from './leave';
import { BOT, CALLER } from './legs';
import type { CallSession } from './session';
import { BOT_ANSWER_MS, BOT_FIRST_RING_MS, RETRY_AFTER_S } from './timeouts';

/** Calls the bot and answers the caller with what comes of it. */
export async function ringBot(call: CallSession): Promise<void> {
  const { leg } = call.input.channel;
  const failure = await call.conversation?.open();
  if (call.isEnded) return;
  if (failure) await withoutConversation(call, failure);
  else if (leg === undefined) await answerForBot(call);
  else await ringLeg(call, inviteInput(call, leg));
}

/** A caller who can be handed over is answered. */
async function withoutConversation(call: CallSession, failure: ConversationFailure): Promise<void> {
  const { reason, status, retryAfterS = RETRY_AFTER_S } = failure;
  if (failoverOf(call).transfer) {
    await answerForBot(call);
    call.apply({ type: 'BotLost', reason });
    return;
  }
  unavailable(call, reason, status === 503 ? { sipStatus: 503, retryAfterS } : undefined);
}

/** A bot without a SIP leg is there at once; its caller is answered without media. */
async function answerForBot(call: CallSession): Promise<void> {
  const { callId, invite, trunk, withoutLocalActivities } = call.input;
  const { sipCallId, remoteTag, sdp: offer } = invite;
  const answer = withoutLocalActivities ? answerWithoutMedia : locally.answerWithoutMedia;
  const caller = await answer({
    callId,
    name: CALLER,
    sipCallId,
    remoteTag,
    offer,
    trunk: trunk.id,
  });
  if (!call.isEnded) answered(call, { caller, awaitsAnswer: false });
}

async function ringLeg(call: CallSession, input: InviteBotInput): Promise<void> {
  const scope = new CancellationScope();
  call.apply({ type: 'BotInvited' });
  const ringing = scope.run(() => ring(input));
  const given = await Promise.race([ringing, condition(() => call.isEnded).then(() => undefined)]);
  const result = given ?? (await giveUp(input.effectId, scope, ringing));
  if (result.kind === 'answered' && hasEndedEarly(call.state, result.bot)) {
    unavailable(call, 'the bot hung up before the caller was answered');
    return;
  }
  applyResult(call, result);
  if (call.isEnded && result.kind === 'answered') await sendBye(call, result.bot, 'the caller gave up');
}

/** On the wire at once; the ringing activity itself ends an answer that crosses the CANCEL. */
async function giveUp(
  invite: EffectId,
  scope: CancellationScope,
  ringing: Promise<InviteBotResult>
): Promise<InviteBotResult> {
  scope.cancel();
  const [result] = await Promise.all([ringing, cancelInvite.executeWithOptions({ summary: 'CANCEL → bot' }, [invite])]);
  return result;
}

async function ring(input: InviteBotInput): Promise<InviteBotResult> {
  try {
    return await inviteBot.executeWithOptions({ summary: `INVITE → ${input.to}` }, [input]);
  } catch (err) {
    if (isCancellation(err)) return { kind: 'no-answer' };
    return { kind: 'refused', sipStatus: 480, reasonPhrase: failureText(err) };
  }
}

function applyResult(call: CallSession, result: InviteBotResult): void {
  if (result.kind === 'answered') {
    answered(call, result);
    return;
  }
  if (result.kind === 'caller-gone') {
    call.apply({ type: 'CallerGone', atMs: Date.now() });
    return;
  }
  const isRefused = result.kind === 'refused';
  const reason = isRefused ? `the bot answered ${result.sipStatus} ${result.reasonPhrase}` : 'the bot did not answer';
  const isBusy = isRefused && result.sipStatus === 503;
  unavailable(call, reason, isBusy ? { sipStatus: 503, retryAfterS: result.retryAfterS ?? RETRY_AFTER_S } : undefined);
}

function unavailable(call: CallSession, reason: string, answer: CallerAnswer = { sipStatus: 480 }): void {
  call.apply({ type: 'BotUnavailable', reason, atMs: Date.now() });
  call.answer = answer;
}

function answered(call: CallSession, sides: { bot?: LegRecord; caller: LegRecord; awaitsAnswer: boolean }): void {
  const { bot, caller, awaitsAnswer } = sides;
  call.apply({ type: 'BotAnswered', caller, awaitsAnswer, ...(bot ? { bot } : {}), atMs: Date.now() });
  call.answer = { sipStatus: 200, sdp: caller.localSdp };
  if (call.phase === 'conversing') postStart(call);
}

function postStart({ input, outbox }: CallSession): void {
  const { caller, callerHost, callerDisplayName, callee, calleeHost } = input.invite;
  const name = callerDisplayName === undefined ? {} : { callerDisplayName };
  outbox.post({
    name: 'start',
    parameters: { vaigConversationId: input.callId, caller, callerHost, ...name, callee, calleeHost },
  });
}

function inviteInput({ input }: CallSession, to: string): InviteBotInput {
  const { callId, invite, apiUrl, trunk } = input;
  const { callerDisplayName: displayName, transactionId, sipCallId, remoteTag, sdp: offer } = invite;
  return {
    callId,
    effectId: effectId(callId, 'invite-bot', 0),
    leg: BOT,
    to,
    caller: { number: invite.caller, ...(displayName === undefined ? {} : { displayName }) },
    callee: { number: invite.callee, host: invite.calleeHost },
    headers: [{ name: 'X-Call-ID', value: callId }, { name: 'X-Call-API', value: apiUrl }, ...invite.headers],
    callerLeg: { name: CALLER, transactionId, sipCallId, remoteTag, offer, trunk: trunk.id },
    firstRingMs: BOT_FIRST_RING_MS,
    answerMs: BOT_ANSWER_MS,
  };
}
