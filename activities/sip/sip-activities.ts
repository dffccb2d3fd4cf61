import type { SipActivities } from '../../contracts/activities-sip';
import { acknowledgeOffer } from './acknowledge-offer';
import { cancelInvite } from './cancel-invite';
import { endLeg } from './end-leg';
import { heartbeating } from '../heartbeating';
import { inviteTarget } from './invite-target';
import { joinLegs, rejoinLegs } from './join-legs';
import type { SipPort } from './port';
import { probeLeg } from './probe-leg';
import { RefusedRefers } from './refused-refers';
import { inviteBot, ringAlong } from './ring-along';
import { sendInfo } from './send-info';
import { sendRefer } from './send-refer';
import { sendReport } from './send-report';
import { answerWithoutMedia } from './without-media';

/** The SIP activities over a port. */
export function createSipActivities(port: SipPort): SipActivities {
  const refused = new RefusedRefers();
  return {
    inviteBot: (input) => heartbeating(() => inviteBot(port, input)),
    inviteTarget: (input) => heartbeating(() => inviteTarget(port, input)),
    bridgeReturned: (input) => heartbeating(() => ringAlong(port, input)),
    joinLegs: (input) => heartbeating(() => joinLegs(port, input)),
    rejoinLegs: (input) => heartbeating(() => rejoinLegs(port, input)),
    probeLeg: (input) => heartbeating(() => probeLeg(port, input)),
    sendRefer: (input) => heartbeating(() => sendRefer(port, refused, input)),
    sendReport: (input) => heartbeating(() => sendReport(port, input)),
    endLeg: (input) => heartbeating(() => endLeg(port, input)),
    sendInfo: (input) => heartbeating(() => sendInfo(port, input)),
    acknowledgeBot: ({ bot, answer }) => acknowledgeOffer(port, bot, answer),
    answerWithoutMedia: (input) => Promise.resolve(answerWithoutMedia(input, port.host)),
    cancelInvite: (effectId, hosts) => cancelInvite(port, effectId, hosts),
  };
}
