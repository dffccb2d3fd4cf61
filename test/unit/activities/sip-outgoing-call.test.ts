import { expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { OutgoingCall } from '../../../activities/sip/outgoing-call';
import type { OutgoingRequest, PeerResponse, SipPort } from '../../../activities/sip/port';
import type { Destination } from '../../../activities/sip/trunk-destinations';
import type { CallId, EffectId } from '../../../contracts/ids';
import type { LegRecord } from '../../../contracts/leg';
import type { SipHeaderField } from '../../../contracts/transfer';

const callId = 'abcdefghij234567' as CallId;

/** The INVITE that goes out to this place, and the leg that an answer to it makes. */
async function invite(
  destination: Destination,
  headers: SipHeaderField[] = []
): Promise<{ request: OutgoingRequest | undefined; leg: LegRecord }> {
  const sent: OutgoingRequest[] = [];
  const port = {
    host: '127.0.0.1',
    keepsEffects: true,
    send: (request: OutgoingRequest) => {
      sent.push(request);
      return Promise.resolve({ kind: 'not-sent', reason: 'enough' });
    },
  } as unknown as SipPort;
  const call = new OutgoingCall(port, {
    callId,
    effectId: `${callId}/invite-target/2` as EffectId,
    leg: { kind: 'target', attempt: 1 },
    trunk: 'berlin',
    to: destination.uri,
    over: { login: '1000', hosts: ['provider.com'], callerId: 'login' },
    destination,
    caller: { number: '49301' },
    headers,
    offer: '',
  });
  const ring = call.ring({ leftMs: () => 1, onProgress: () => undefined });
  await expect(new MockActivityEnvironment().run(() => ring)).rejects.toThrow('enough');
  return { request: sent[0], leg: call.record({ toTag: 't', body: '' } as PeerResponse) };
}

it('lets the bot say who calls, in whatever case it writes the field', async () => {
  const { request } = await invite({ uri: 'sip:1@provider.com', isAtTrunk: true, proxy: 'sip:edge;lr' }, [
    { name: 'p-asserted-identity', value: '<sip:other@provider.com>' },
  ]);
  expect(request).toMatchObject({
    uri: 'sip:1@provider.com',
    proxy: 'sip:edge;lr',
    trunk: 'berlin',
    headers: { 'p-asserted-identity': '<sip:other@provider.com>', Contact: '<sip:1000@localhost;trunk=berlin>' },
  });
  expect(Object.keys(request?.headers ?? {}).filter((name) => /^p-asserted/i.test(name))).toHaveLength(1);
});

it('answers no challenge of a stranger, in the call or before it', async () => {
  const stranger = await invite({ uri: 'sip:1@stranger.com', isAtTrunk: false });
  expect([stranger.request?.trunk, stranger.leg.trunk]).toEqual([undefined, undefined]);
  const provider = await invite({ uri: 'sip:1@provider.com', isAtTrunk: true });
  expect([provider.request?.trunk, provider.leg.trunk]).toEqual(['berlin', 'berlin']);
});
