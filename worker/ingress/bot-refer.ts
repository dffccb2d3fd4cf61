import type { Answer } from '../../activities/sip/port';
import { readReferredBy, readReferTo } from '../../activities/sip/refer-request';
import type { LegRequest, InDialogParts } from './leg-request';

/** The longest reason phrase that says what is wrong. */
const PHRASE_LENGTH = 120;

/**
 * REFER of a bot with a SIP leg: a transfer as any other, asked for in SIP. The target's header fields come from the URI headers of Refer-To,
 * Referred-By goes along; the workflow reports to the bot by NOTIFY (RFC 3515).
 */
export async function receiveBotRefer(at: LegRequest, { gateway }: InDialogParts): Promise<void> {
  const { request, callId } = at;
  const asked = readReferTo(request.header('Refer-To'));
  if ('fault' in asked) {
    await request.respond({ status: 400, reason: asked.fault });
    return;
  }
  const referredBy = readReferredBy(request.header('Referred-By'));
  const verdict = await gateway.requestTransfer(callId, {
    referCseq: request.cseq,
    activity: {
      id: `refer-${request.fromTag}-${request.cseq}`,
      type: 'event',
      name: 'transfer',
      activityParams: {
        transferTarget: asked.target,
        transferSipHeaders: asked.headers,
        ...(referredBy === undefined ? {} : { transferReferredByURL: referredBy }),
        transferNotifications: true,
      },
    },
  });
  await request.respond(answerTo(verdict));
}

function answerTo(verdict: Awaited<ReturnType<InDialogParts['gateway']['requestTransfer']>>): Answer {
  switch (verdict.kind) {
    case 'accepted':
      return { status: 202, reason: 'Accepted' };
    case 'no-such-call':
      return { status: 481 };
    case 'in-progress':
      return { status: 491, reason: 'Another Transfer Is Pending' };
    case 'not-ready':
      return { status: 603 };
    case 'invalid':
      return { status: 400, reason: verdict.reason.replace(/[^\x20-\x7e]+/g, ' ').slice(0, PHRASE_LENGTH) };
  }
}
