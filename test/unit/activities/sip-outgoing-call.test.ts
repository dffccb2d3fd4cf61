import { expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { OutgoingCall } from '../../../activities/sip/outgoing-call';
import type { OutgoingRequest, SipPort } from '../../../activities/sip/port';
import type { CallId, EffectId } from '../../../contracts/ids';

const callId = 'abcdefghij234567' as CallId;

it('lets the bot say who calls, in whatever case it writes the field', async () => {
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
    to: 'sip:1@provider.com',
    over: { login: '1000', hosts: ['provider.com'], callerId: 'login' },
    destination: { uri: 'sip:1@provider.com', isAtTrunk: true, proxy: 'sip:edge;lr' },
    caller: { number: '49301' },
    headers: [{ name: 'p-asserted-identity', value: '<sip:other@provider.com>' }],
    offer: '',
  });
  const ring = call.ring({ leftMs: () => 1, onProgress: () => undefined });
  await expect(new MockActivityEnvironment().run(() => ring)).rejects.toThrow('enough');
  expect(sent[0]).toMatchObject({
    uri: 'sip:1@provider.com',
    proxy: 'sip:edge;lr',
    trunk: 'berlin',
    headers: { 'p-asserted-identity': '<sip:other@provider.com>', Contact: '<sip:1000@localhost;trunk=berlin>' },
  });
  expect(Object.keys(sent[0]?.headers ?? {}).filter((name) => /^p-asserted/i.test(name))).toHaveLength(1);
});
