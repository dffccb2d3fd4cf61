import type { IncomingRequest } from '../../activities/sip/port';
import { reasonOf } from '../../activities/sip/reason-header';
import { parseCause, parseReferEventId, parseSipfrag, parseSubscriptionState } from '../../activities/sip/sipfrag';
import { parseLegTag } from '../../contracts/ids';
import { dialogEndedSignal, referNotifiedSignal } from '../../contracts/messages';
import { receiveBotRefer } from './bot-refer';
import type { InDialogParts, LegRequest } from './leg-request';
import { keyOf } from './leg-request';
import { receiveAck } from './receive-ack';
import { relayInfo } from './relay-info';
import { relayOffer } from './relay-offer';

const ALLOW = 'INVITE, ACK, BYE, CANCEL, INFO, NOTIFY, OPTIONS, REFER, UPDATE';

/** A request within a dialog: our tag in it names call and leg, whichever worker it comes to. */
export async function receiveInDialog(request: IncomingRequest, parts: InDialogParts): Promise<void> {
  const place = parseLegTag((request.source === 'application' ? request.fromTag : request.toTag) ?? '');
  if (!place) {
    if (request.method !== 'ACK') await request.respond({ status: 481 });
    return;
  }
  await dispatch({ request, ...place }, parts);
}

async function dispatch(at: LegRequest, parts: InDialogParts): Promise<void> {
  const { request } = at;
  switch (request.method) {
    case 'ACK':
      return receiveAck(at, parts);
    case 'BYE':
      return onBye(at, parts);
    case 'NOTIFY':
      return onNotify(at, parts);
    case 'INFO':
      return relayInfo(at, parts);
    case 'INVITE':
    case 'UPDATE':
      return relayOffer(at, parts);
    case 'OPTIONS':
      await request.respond({ status: 200, headers: { Allow: ALLOW } });
      return;
    case 'REFER':
      if (at.leg.kind === 'bot') return receiveBotRefer(at, parts);
      await request.respond({ status: 603 });
      return;
    default:
      await request.respond({ status: 405, headers: { Allow: ALLOW } });
  }
}

/** Signalled first, answered then: what a peer has been told to be done is in the workflow's history. */
async function onBye({ request, callId, leg }: LegRequest, { gateway }: InDialogParts): Promise<void> {
  const reason = reasonOf(request.header('Reason'));
  const byPeer = request.source === 'network';
  await gateway.signal(callId, dialogEndedSignal, {
    leg,
    ...(leg.kind === 'target' ? { dialogId: request.dialogId } : {}),
    ...(byPeer ? { request: keyOf(request) } : {}),
    ...(reason === undefined ? {} : { reason }),
  });
  if (byPeer) await request.respond({ status: 200 });
}

async function onNotify({ request, callId, leg }: LegRequest, { gateway }: InDialogParts): Promise<void> {
  const event = request.header('Event');
  if (event !== undefined && !/^\s*refer\s*(;|$)/i.test(event)) {
    await request.respond({ status: 489, headers: { 'Allow-Events': 'refer' } });
    return;
  }
  const referCseq = parseReferEventId(event);
  const cause = parseCause(request.body);
  const delivery = await gateway.signal(callId, referNotifiedSignal, {
    leg,
    request: keyOf(request),
    ...(referCseq === undefined ? {} : { referCseq }),
    ...parseSipfrag(request.body),
    ...(cause === undefined ? {} : { cause }),
    subscription: parseSubscriptionState(request.header('Subscription-State')),
  });
  // A late NOTIFY of a call that has ended is still answered 200: refusing it would make the peer's transfer look failed.
  await request.respond({ status: delivery === 'delivered' || event !== undefined ? 200 : 481 });
}
