import type { EffectId } from '../../contracts/ids';
import { effectAfter, failoverEffectId } from '../../contracts/ids';
import type { SipPort } from './port';

/** CANCEL of whatever became of an INVITE: a second try with a longer session, the same at other hosts of the trunk. */
export async function cancelInvite(port: SipPort, effectId: EffectId, hosts = 1): Promise<void> {
  for (let place = 0; place < hosts; place++) {
    const effect = place === 0 ? effectId : failoverEffectId(effectId, place);
    if (!(await port.cancelEffect(effect))) await port.cancelEffect(effectAfter(effect));
  }
}
