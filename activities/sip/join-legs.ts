import type { JoinLegsInput, JoinResult, RejoinLegsInput } from '../../contracts/activities-join';
import type { LegRecord } from '../../contracts/leg';
import { acknowledgeOffer } from './acknowledge-offer';
import { OfferingLeg, OfferRefused } from './offer';
import type { SipPort } from './port';
import { describesSame, onHold } from './session-description';
import { inactiveAnswer } from './without-media';

/** Rounds of offers until both sides know the other's last word. */
const ROUNDS = 2;

/** Lets caller and target talk with each other (RFC 3725), and puts the leg that the caller talked with on hold. */
export async function joinLegs(port: SipPort, input: JoinLegsInput): Promise<JoinResult> {
  const { callId, firstEffect } = input;
  if (input.target.remoteSdp === '') return { kind: 'refused', legs: [], reason: 'the target named no media' };
  const caller = new OfferingLeg(port, callId, firstEffect, input.caller);
  const target = new OfferingLeg(port, callId, firstEffect, input.target);
  const held = input.held && new OfferingLeg(port, callId, firstEffect, input.held);
  // What the held leg says to it changes nothing: caller and target have each other.
  const holding = held && orRefused(held.offer(onHold(held.record.localSdp)));
  const settling = input.awaitsAnswer ? answerTarget(port, caller, target) : settle(caller, target);
  const [refused, notHeld] = await Promise.all([orRefused(settling), holding]);
  const joined = result(refused, caller, [caller, target, ...(held ? [held] : [])]);
  if (notHeld?.isGone !== true) return joined;
  if (refused) await endGone(port, notHeld.leg);
  return { ...joined, isPartnerGone: true };
}

/** Gives the caller back to the leg that it talked with before. */
export async function rejoinLegs(port: SipPort, input: RejoinLegsInput): Promise<JoinResult> {
  const { callId, firstEffect } = input;
  const caller = new OfferingLeg(port, callId, firstEffect, input.caller);
  const other = input.other && new OfferingLeg(port, callId, firstEffect, input.other);
  const settling = other ? settle(other, caller) : caller.offer(inactiveAnswer(caller.record.remoteSdp, port.host));
  const refused = await orRefused(settling);
  const joined = result(refused, caller, other ? [caller, other] : [caller]);
  if (refused?.isGone !== true || refused.leg !== other) return joined;
  await endGone(port, other);
  return { ...joined, isPartnerGone: true };
}

/** Whoever gets 481, 408 or nothing ends the dialog on its own side as well (RFC 3261 section 12.2.1.2). Nobody waits for an answer. */
async function endGone(port: SipPort, { record: { dialogId, trunk } }: OfferingLeg): Promise<void> {
  await port.send({ method: 'BYE', dialogId, trunk });
}

/** Offers one what the other said last, and back what it answers, until neither hears anything new. */
async function settle(one: OfferingLeg, other: OfferingLeg): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    if (describesSame(await one.offer(other.record.remoteSdp), other.record.localSdp)) return;
    if (describesSame(await other.offer(one.record.remoteSdp), one.record.localSdp)) return;
  }
  throw new OfferRefused(other, 488, `no common media after ${ROUNDS} rounds`);
}

/** The target made the offer: the caller's answer goes into its ACK (RFC 3725 section 4.1). */
async function answerTarget(port: SipPort, caller: OfferingLeg, target: OfferingLeg): Promise<void> {
  try {
    const answer = await caller.offer(target.record.remoteSdp);
    target.record = await acknowledgeOffer(port, target.record, answer);
  } catch (err) {
    if (err instanceof OfferRefused) await acknowledgeOffer(port, target.record, '');
    throw err;
  }
}

async function orRefused(work: Promise<unknown>): Promise<OfferRefused | undefined> {
  try {
    await work;
    return undefined;
  } catch (err) {
    if (err instanceof OfferRefused) return err;
    throw err;
  }
}

function result(refused: OfferRefused | undefined, caller: OfferingLeg, all: OfferingLeg[]): JoinResult {
  const legs: LegRecord[] = all.map(({ record }) => record);
  if (!refused) return { kind: 'joined', legs };
  if (refused.leg === caller && refused.isGone) return { kind: 'caller-gone', legs };
  return { kind: 'refused', legs, sipStatus: refused.sipStatus, reason: refused.message };
}
