import type { SipActivities } from '../../contracts/activities-sip';
import { endLeg } from './end-leg';
import { heartbeating } from './heartbeating';
import { inviteBot } from './invite-bot';
import type { SipPort } from './port';
import { sendRefer } from './send-refer';

/** The SIP activities over a port. */
export function createSipActivities(port: SipPort): SipActivities {
  return {
    inviteBot: (input) => heartbeating(() => inviteBot(port, input)),
    sendRefer: (input) => heartbeating(() => sendRefer(port, input)),
    endLeg: (input) => heartbeating(() => endLeg(port, input)),
    cancelInvite: async (effectId) => {
      await port.cancelEffect(effectId);
    },
  };
}
