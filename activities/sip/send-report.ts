import type { SendReportInput } from '../../contracts/activities-sip';
import { answerLost, requireSent } from './failures';
import type { SipPort } from './port';

/** NOTIFY of a REFER's subscription (RFC 3515 section 2.4.4), until it is answered or its time is over. */
export async function sendReport(port: SipPort, input: SendReportInput): Promise<void> {
  const { dialogId, effectId, referCseq, sipStatus, reasonPhrase, expiresS, withinMs } = input;
  const state = sipStatus >= 200 ? 'terminated;reason=noresource' : `active;expires=${expiresS}`;
  const sending = await port.send({
    method: 'NOTIFY',
    dialogId,
    effectId,
    headers: {
      Event: `refer;id=${referCseq}`,
      'Subscription-State': state,
      'Content-Type': 'message/sipfrag;version=2.0',
    },
    body: `SIP/2.0 ${sipStatus} ${reasonPhrase}\r\n`,
  });
  if (sending.kind === 'no-dialog') return;
  const answer = await requireSent(sending, port.keepsEffects).next(withinMs);
  if (answer.kind === 'lost') throw answerLost(port.keepsEffects);
}
