import { describe, expect, it } from '@jest/globals';
import type { CallLegs } from '../../../contracts/messages';
import { callerAcknowledgedSignal } from '../../../contracts/messages';
import type { InDialogParts, LegRequest } from '../../../worker/ingress/leg-request';
import { receiveAck } from '../../../worker/ingress/receive-ack';

const ANSWER = 'v=0 answer';

/** Receives an ACK of the caller while the call answers as `legs` does. @returns what was signalled */
async function acknowledged(body: string, legs: () => Promise<Partial<CallLegs>>): Promise<unknown[]> {
  const signals: unknown[] = [];
  const gateway = { legs, signal: (...args: unknown[]) => Promise.resolve(signals.push(args)) };
  const at = { callId: 'call', leg: { kind: 'caller', attempt: 0 }, request: { method: 'ACK', body } };
  await receiveAck(at as LegRequest, { gateway, log: { warn: () => undefined } } as unknown as InDialogParts);
  return signals;
}

const silent = (): Promise<never> => Promise.reject(new Error('nobody answers'));
const awaiting = (): Promise<Partial<CallLegs>> =>
  Promise.resolve({
    legs: [{ name: { kind: 'caller', attempt: 0 } } as CallLegs['legs'][number]],
    joined: [],
    awaitsAnswer: true,
  });

describe('the ACK of a caller whose INVITE had no offer', () => {
  it('takes its answer to the call that awaits it, also an empty one', async () => {
    expect(await acknowledged('', awaiting)).toEqual([['call', callerAcknowledgedSignal, { sdp: '' }]]);
  });

  it('takes its answer to a call that does not say whether it awaits one', async () => {
    expect(await acknowledged(ANSWER, silent)).toEqual([['call', callerAcknowledgedSignal, { sdp: ANSWER }]]);
  });

  it('takes nothing to such a call when it has no answer', async () => {
    expect(await acknowledged('', silent)).toEqual([]);
  });

  it('is asked about until the call answers', async () => {
    let tries = 0;
    const late = () => (++tries < 5 ? silent() : awaiting());
    expect(await acknowledged(ANSWER, late)).toEqual([['call', callerAcknowledgedSignal, { sdp: ANSWER }]]);
    expect(tries).toBe(5);
  });
});
