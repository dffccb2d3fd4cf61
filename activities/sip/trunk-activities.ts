import type { TrunkActivities } from '../../contracts/activities-trunk';
import { heartbeating } from '../heartbeating';
import type { SipPort } from './port';
import { sendRegister } from './send-register';
import { watchTrunk } from './watch-trunk';

/** The activities that keep trunks registered and watched, over a port that answers challenges. */
export function createTrunkActivities(port: SipPort): TrunkActivities {
  return {
    sendRegister: (input) => heartbeating(() => sendRegister(port, input)),
    watchTrunk: (input) => heartbeating(() => watchTrunk(port, input)),
  };
}
