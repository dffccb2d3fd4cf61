import type { InviteTargetInput, InviteTargetResult } from '../../contracts/activities-sip';
import { throwIfCancelled } from './outgoing-call';
import type { SipPort } from './port';
import { ringOverTrunk } from './ring-over-trunk';
import { serverClock } from './server-clock';

/** 487: what a peer answers to an INVITE that was cancelled. */
const REQUEST_TERMINATED = 487;

/** An attempt of this activity that was taken for dead gives up at the same moment, in ms; what its CANCEL led to is no refusal. */
const SAME_DEADLINE_MS = 1_000;

/** Calls a transfer target, to its final answer. Caller and bot stay together meanwhile, so its early media goes nowhere. */
export async function inviteTarget(port: SipPort, input: InviteTargetInput): Promise<InviteTargetResult> {
  throwIfCancelled();
  const now = serverClock();
  const early = new Map<string, string>();
  const { call, final } = await ringOverTrunk(port, input, {
    leftMs: () => input.untilMs - now(),
    onProgress: ({ toTag = '', body }) => {
      if (body !== '') early.set(toTag, body);
    },
  });
  if (!final) return { kind: 'no-answer' };
  const { sent, response } = final;
  if (response.status === REQUEST_TERMINATED && now() >= input.untilMs - SAME_DEADLINE_MS) return { kind: 'no-answer' };
  if (response.status >= 300) return { kind: 'refused', sipStatus: response.status, reasonPhrase: response.reason };
  const awaitsAnswer = call.offer === '';
  if (!awaitsAnswer) sent.acknowledge();
  // Some peers describe themselves in a 18x only, although the 2xx must repeat it (RFC 3261 section 13.2.1).
  const body = response.body === '' ? (early.get(response.toTag ?? '') ?? '') : response.body;
  return { kind: 'answered', target: call.record({ ...response, body }), awaitsAnswer };
}
