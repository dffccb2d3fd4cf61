import { describe, expect, it } from '@jest/globals';
import { destinations } from '../../../activities/sip/trunk-destinations';
import type { OutboundTrunk } from '../../../contracts/outbound-trunk';

const over: OutboundTrunk = { login: '1000', hosts: ['sip.provider.com:5080'], callerId: 'login' };
const uris = (to: string, more: Partial<OutboundTrunk> = {}): string[] =>
  destinations(to, { ...over, ...more }).map(({ uri, proxy }) => (proxy === undefined ? uri : `${uri} by ${proxy}`));

describe('the destinations of a target over a trunk', () => {
  it('are the target itself without a trunk', () => {
    expect(destinations('sip:1@host', undefined)).toEqual([{ uri: 'sip:1@host', isAtTrunk: false }]);
  });

  it('are its hosts in order, for a target at the first', () => {
    const hosts = ['sip.provider.com:5080', '192.0.2.1', '[2001:db8::1]:5070'];
    expect(uris('sip:+4930@sip.provider.com:5080;user=phone', { hosts })).toEqual([
      'sip:+4930@sip.provider.com:5080;user=phone',
      'sip:+4930@192.0.2.1;user=phone',
      'sip:+4930@[2001:db8::1]:5070;user=phone',
    ]);
    expect(uris('sip:a@SIP.provider.com', { hosts })).toHaveLength(3);
    expect(uris('sip:sip.provider.com', { hosts })[1]).toBe('sip:192.0.2.1');
  });

  it('leave a target elsewhere where it is', () => {
    expect(destinations('sip:agent@elsewhere.com', { ...over, hosts: ['sip.provider.com', 'b'] })).toEqual([
      { uri: 'sip:agent@elsewhere.com', isAtTrunk: false },
    ]);
  });

  it('go over its transport, and by its proxy wherever they are', () => {
    const by = { transport: 'tcp', outboundProxy: 'edge.provider.com' } as const;
    const proxy = 'sip:edge.provider.com;transport=tcp;lr';
    expect(uris('sip:1@sip.provider.com', by)).toEqual([`sip:1@sip.provider.com;transport=tcp by ${proxy}`]);
    expect(uris('sip:agent@elsewhere.com', by)).toEqual([`sip:agent@elsewhere.com by ${proxy}`]);
    expect(uris('sip:1@sip.provider.com;transport=udp', { transport: 'tcp' })).toEqual([
      'sip:1@sip.provider.com;transport=udp',
    ]);
  });
});
