import type { InviteTargetInput, InviteTargetResult } from '../../contracts/activities-sip';
import { OutgoingCall, throwIfCancelled } from './outgoing-call';
import type { SipPort } from './port';

/** Calls a transfer target, to its final answer. Caller and bot stay together meanwhile, so its early media goes nowhere. */
export async function inviteTarget(port: SipPort, input: InviteTargetInput): Promise<InviteTargetResult> {
  throwIfCancelled();
  const call = new OutgoingCall(port, input);
  const early = new Map<string, string>();
  const final = await call.ring({
    leftMs: () => input.untilMs - Date.now(),
    onProgress: ({ toTag = '', body }) => {
      if (body !== '') early.set(toTag, body);
    },
  });
  if (!final) return { kind: 'no-answer' };
  const { sent, response } = final;
  if (response.status >= 300) return { kind: 'refused', sipStatus: response.status, reasonPhrase: response.reason };
  const awaitsAnswer = call.offer === '';
  if (!awaitsAnswer) sent.acknowledge();
  // Some peers describe themselves in a 18x only, although the 2xx must repeat it (RFC 3261 section 13.2.1).
  const body = response.body === '' ? (early.get(response.toTag ?? '') ?? '') : response.body;
  return { kind: 'answered', target: call.record({ ...response, body }), awaitsAnswer };
}
