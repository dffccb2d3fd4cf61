import { setTimeout as delay } from 'node:timers/promises';
import type { IncomingRequest, SipPort } from '../../activities/sip/port';
import { dialogId } from '../../contracts/ids';

const ASK_AGAIN_MS = 500;

/**
 * Whether somebody has answered this INVITE, or will: it may have been delivered again, here or to another worker, while our answer was on its
 * way. False when the caller is gone. As long as there is no SIP server nobody knows.
 */
export async function isServed(
  { transactionId, sipCallId, fromTag: remoteTag }: IncomingRequest,
  port: SipPort
): Promise<boolean> {
  for (;;) {
    const isWaiting = await port.isWaiting({ transactionId, sipCallId, remoteTag }).catch(() => undefined);
    if (isWaiting === true) return true;
    if (isWaiting === false) {
      const { kind } = await port.send({ method: 'OPTIONS', dialogId: dialogId(sipCallId, remoteTag) });
      if (kind === 'sent' || kind === 'no-dialog') return kind === 'sent';
    }
    await delay(ASK_AGAIN_MS);
  }
}
