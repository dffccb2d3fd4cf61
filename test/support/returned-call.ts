import type { SendReferInput } from '../../contracts/activities-sip';
import type { CallInput } from '../../contracts/call';
import type { ReturnedCall } from '../../contracts/messages';
import { readTransferToken } from '../../contracts/transfer-token';
import type { CallUnderTest } from './call-harness';
import { callInput } from './call-harness';

/** Where the transfer goes. */
export const NUMBER = '+4930123';

/** A call on a trunk without a host: numbers are called through us. */
export function hostlessInput(over: Partial<CallInput> = {}): CallInput {
  const { trunk, ...rest } = callInput(over);
  const { host: _, ...withoutHost } = trunk;
  return { ...rest, trunk: { ...withoutHost, outboundProxy: 'proxy', allowTargets: ['+49'] } };
}

/** Asks for the transfer and gives the call that comes back because of its REFER. */
export async function referred(call: CallUnderTest): Promise<ReturnedCall> {
  await call.until(({ phase }) => phase === 'conversing');
  await call.transfer({ transferTarget: NUMBER, transferNotificationsHangupMS: 0 });
  await call.until(({ timeline }) => timeline.some(({ event }) => event === 'ReferAnswered'));
  const refer = call.effects.find(({ name }) => name === 'sendRefer')?.input as SendReferInput;
  const token = readTransferToken(() => refer.token);
  if (!token) throw new Error('the REFER has no token');
  return {
    token,
    trunks: ['other', 'trunk'],
    uri: `sip:${NUMBER}@us`,
    maxForwards: 70,
    inviteId: 'invite',
    invite: { transactionId: 'back', sipCallId: 'back@peer', remoteTag: 'b', caller: '+4930111', sdp: 'v=0 back' },
  };
}
