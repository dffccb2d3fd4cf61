import type { AcknowledgeBotInput } from '../../contracts/activities-sip';
import type { LegRecord } from '../../contracts/leg';
import { requireSent } from './failures';
import type { SipPort } from './port';
import { withOwnOrigin } from './session-description';
import { declineAll } from './without-media';

/** ACK of the bot's offer with the caller's answer (RFC 3261 section 13.2.2.4). May be repeated: the SIP server sends the same again. */
export async function acknowledgeBot(port: SipPort, { bot, answer }: AcknowledgeBotInput): Promise<LegRecord> {
  const body = answer === '' ? declineAll(bot.remoteSdp, port.host) : answer;
  const localSdp = withOwnOrigin(body, { tag: bot.localTag, host: port.host }, bot.localSdp);
  const headers = { 'Content-Type': 'application/sdp' };
  const sending = await port.send({ method: 'ACK', dialogId: bot.dialogId, headers, body: localSdp });
  if (sending.kind !== 'no-dialog') requireSent(sending, true);
  return { ...bot, localSdp };
}
