import type { LegRecord } from '../../contracts/leg';
import { requireSent } from './failures';
import type { SipPort } from './port';
import { withOwnOrigin } from './session-description';
import { declineAll } from './without-media';

/**
 * ACK of the offer in a called leg's 2xx (RFC 3261 section 13.2.2.4). May be repeated: the SIP server sends the same again.
 * @param answer of the other side; empty: every medium is declined
 * @returns the leg as it is then
 */
export async function acknowledgeOffer(port: SipPort, leg: LegRecord, answer: string): Promise<LegRecord> {
  const body = answer === '' ? declineAll(leg.remoteSdp, port.host) : answer;
  const localSdp = withOwnOrigin(body, { tag: leg.localTag, host: port.host }, leg.localSdp);
  const headers = { 'Content-Type': 'application/sdp' };
  const sending = await port.send({ method: 'ACK', dialogId: leg.dialogId, headers, body: localSdp });
  if (sending.kind !== 'no-dialog') requireSent(sending, true);
  return { ...leg, localSdp };
}
