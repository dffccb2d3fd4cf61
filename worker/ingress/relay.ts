import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, IncomingRequest, PeerResponse, SipPort } from '../../activities/sip/port';
import { isUnchanged, withOwnOrigin } from '../../activities/sip/session-description';
import { inactiveAnswer } from '../../activities/sip/without-media';
import type { EffectKind, LegName } from '../../contracts/ids';
import { effectId, relayNumber } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import type { CallLegs, MediaChanged } from '../../contracts/messages';
import { callerAcknowledgedSignal, dtmfReceivedSignal, mediaChangedSignal } from '../../contracts/messages';
import { dtmfDigits } from './dtmf';
import type { InDialogParts, LegRequest } from './leg-request';
import { keyOf } from './leg-request';

/** Timer F and B are the SIP server's; this is only for one that says nothing. */
const FINAL_ANSWER_MS = 33_000;

/** A busy worker may need longer for one question than the question waits. */
const ACK_TRIES = 5;
const ACK_PAUSE_MS = 250;

/** An offer is not passed on later than this: the SIP server refuses it after 5 s. */
const OFFER_LIMIT_MS = 3_000;

/** With the time before, less than the 32 s that a peer waits (RFC 3261 timer B). */
const LEFT_TO_SERVER_MS = 7_000;

const SDP = { 'Content-Type': 'application/sdp' };
const AGAIN_SOON: Answer = { status: 500, headers: { 'Retry-After': '2' } };

/** Calls with an offer under way, which a second one must not cross (RFC 3264 section 4). */
const offering = new Set<string>();

interface Pair extends Omit<CallLegs, 'legs' | 'joined'> {
  from: LegRecord;
  to: LegRecord | undefined;
}

/**
 * DTMF and the like: passed to the other leg, whose answer is the answer. Digits are also the bot's events where its channel takes them. While
 * nobody can tell the call's legs it waits; the SIP server answers the peer meanwhile, and gives it to another worker when this one dies.
 */
export async function relayInfo(at: LegRequest, parts: InDialogParts): Promise<void> {
  const { request, callId, leg } = at;
  const { gateway } = parts;
  const digits = leg.kind === 'caller' ? dtmfDigits(request) : undefined;
  // Digits reach the bot in the order in which they came, however long each question takes.
  const turn = digits === undefined ? undefined : gateway.turn(callId);
  const pair = await pairOf(at, parts).catch((err: unknown) => {
    turn?.pass();
    throw err;
  });
  if (digits !== undefined && pair?.takesDtmf === true)
    await turn?.run(() => gateway.signalAtOnce(callId, dtmfReceivedSignal, { leg, request: keyOf(request), digits }));
  else turn?.pass();
  if (!pair) await request.respond({ status: 481 });
  else if (!pair.to) await request.respond({ status: 200 });
  else {
    const answer = await askOther(parts.port, pair.to, request, at, 'INFO', request.body);
    await request.respond(answer ? { status: answer.status, reason: answer.reason } : AGAIN_SOON);
  }
}

/**
 * A re-INVITE or UPDATE. A refresh is answered from the leg's record, without workflow or other leg; a changed offer goes to the other
 * leg, whose answer is the answer. One without an offer gets the leg's last description as ours. When nobody can tell the call's legs in
 * time it is left to the SIP server, which has the last descriptions too.
 */
export async function relayOffer(at: LegRequest, parts: InDialogParts): Promise<void> {
  const { request, callId } = at;
  const pair = await pairOf(at, parts, OFFER_LIMIT_MS).catch(leaveToServer);
  if (!pair) {
    await request.respond({ status: 481 });
  } else if (pair.isJoining && request.body !== '') {
    await request.respond(AGAIN_SOON);
  } else if (request.body === '' || isUnchanged(request.body, pair.from.remoteSdp)) {
    const isBare = request.method === 'UPDATE' && request.body === '';
    await request.respond(isBare ? { status: 200 } : described(pair.from.localSdp));
  } else if (!pair.to) {
    await request.respond(await holdAlone(at, pair.from, parts));
  } else {
    const { from, to } = pair;
    await exclusively(callId, request, async () => {
      const passed = await passOn(at, from, to, parts);
      await request.respond('status' in passed ? passed : described(passed.localSdp));
    });
  }
}

/** The SIP server answers in our place. Only a stock server does not, and is given the refusal when it has waited long enough. */
async function leaveToServer(err: unknown): Promise<never> {
  await delay(LEFT_TO_SERVER_MS);
  throw err;
}

/**
 * The ACK of an offer of ours. The first one of a caller whose INVITE had none answers the bot's offer; a later one may answer a re-INVITE
 * without an offer otherwise than before, and the other leg then hears of it.
 */
export async function receiveAck(at: LegRequest, parts: InDialogParts): Promise<void> {
  const { request, callId, leg } = at;
  if (request.body === '' && leg.kind !== 'caller') return;
  const asked = await pairOfAck(at, parts);
  const { pair } = asked;
  const mayBeAwaited = asked.isSilent ? request.body !== '' : pair?.awaitsAnswer === true;
  if (mayBeAwaited && leg.kind === 'caller') {
    await parts.gateway.signal(callId, callerAcknowledgedSignal, { sdp: request.body });
  } else if (request.body !== '' && pair?.to && !isUnchanged(request.body, pair.from.remoteSdp)) {
    const { from, to } = pair;
    await exclusively(callId, undefined, () => passOn(at, from, to, parts));
  }
}

/**
 * An ACK has no answer by which its peer would ask again, so the call is asked several times which leg it belongs to. Of one that stays silent
 * nobody knows whether it awaits the answer in a caller's ACK: it is given it, and takes it only if it does.
 */
async function pairOfAck(at: LegRequest, parts: InDialogParts): Promise<{ pair: Pair | undefined; isSilent?: true }> {
  for (let tries = 1; ; tries++) {
    try {
      return { pair: await pairOf(at, parts, 0) };
    } catch (err) {
      if (tries === ACK_TRIES) {
        parts.log.warn({ callId: at.callId, err: String(err) }, 'the call does not say whose ACK this is');
        return { pair: undefined, isSilent: true };
      }
      await delay(ACK_PAUSE_MS);
    }
  }
}

/** Passes an offer to the other leg and puts what both said into the workflow. */
async function passOn(
  at: LegRequest,
  from: LegRecord,
  to: LegRecord,
  { port, gateway }: InDialogParts
): Promise<Answer | { localSdp: string }> {
  const { request, callId } = at;
  const offer = withOwnOrigin(request.body, { tag: to.localTag, host: port.host }, to.localSdp);
  const answer = await askOther(port, to, request, at, 'INVITE', offer);
  if (!answer || answer.status >= 300) return refusal(answer);
  const localSdp = withOwnOrigin(answer.body, { tag: from.localTag, host: port.host }, from.localSdp);
  const legs: MediaChanged['legs'] = [
    { leg: to.name, localSdp: offer, remoteSdp: answer.body },
    { leg: from.name, localSdp, remoteSdp: request.body },
  ];
  await gateway.signal(callId, mediaChangedSignal, { legs });
  return { localSdp };
}

/** A caller of a bot without a leg changes its description: it is answered as before, without media. */
async function holdAlone(
  { request, callId }: LegRequest,
  from: LegRecord,
  { gateway, port }: InDialogParts
): Promise<Answer> {
  const { host } = port;
  const localSdp = withOwnOrigin(inactiveAnswer(request.body, host), { tag: from.localTag, host }, from.localSdp);
  const changed = { leg: from.name, localSdp, remoteSdp: request.body };
  await gateway.signal(callId, mediaChangedSignal, { legs: [changed] });
  return described(localSdp);
}

async function exclusively(
  callId: string,
  request: IncomingRequest | undefined,
  act: () => Promise<unknown>
): Promise<void> {
  if (offering.has(callId)) {
    await request?.respond(AGAIN_SOON);
    return;
  }
  offering.add(callId);
  try {
    await act();
  } finally {
    offering.delete(callId);
  }
}

/** What the other leg's refusal means for this one. That the other dialog is gone or silent says nothing of this one. */
function refusal(answer: PeerResponse | undefined): Answer {
  if (!answer || answer.status === 408 || answer.status === 481) return AGAIN_SOON;
  return { status: answer.status, reason: answer.reason };
}

function described(sdp: string): Answer {
  return sdp === '' ? { status: 200 } : { status: 200, headers: SDP, body: sdp };
}

async function askOther(
  port: SipPort,
  to: LegRecord,
  request: IncomingRequest,
  { callId, leg }: LegRequest,
  method: 'INFO' | 'INVITE',
  body: string
): Promise<PeerResponse | undefined> {
  const kind: EffectKind = `relay-${method === 'INFO' ? 'info' : 'offer'}-${to.name.kind}`;
  const type = request.header('Content-Type');
  const sending = await port.send({
    method,
    dialogId: to.dialogId,
    trunk: to.trunk,
    effectId: effectId(callId, kind, relayNumber(leg, request.cseq)),
    body,
    headers: type === undefined ? {} : { 'Content-Type': type },
  });
  if (sending.kind !== 'sent') return undefined;
  for (;;) {
    const answer = await sending.next(FINAL_ANSWER_MS);
    if (answer.kind !== 'response') return undefined;
    if (answer.status < 200) continue;
    if (method === 'INVITE' && answer.status < 300) sending.acknowledge();
    return answer;
  }
}

async function pairOf(
  { callId, leg }: LegRequest,
  { gateway }: InDialogParts,
  withinMs?: number
): Promise<Pair | undefined> {
  const known = await gateway.legs(callId, withinMs);
  const from = known?.legs.find(({ name }) => isSame(name, leg));
  if (!known || !from) return undefined;
  const { legs, joined, ...rest } = known;
  const pair = joined.find((names) => names.some((name) => isSame(name, leg)));
  const other = pair?.find((name) => !isSame(name, leg));
  return { ...rest, from, to: other && legs.find(({ name }) => isSame(name, other)) };
}

function isSame(one: LegName, other: LegName): boolean {
  return one.kind === other.kind && one.attempt === other.attempt;
}
