import { describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { chooseListener } from '../../../sip-server/transport/choose-listener';
import { toListener } from '../../../sip-server/transport/listen-spec';
import { Locator, Unresolvable } from '../../../sip-server/transport/locate';
import { NameServers } from '../../../sip-server/transport/name-servers';
import { NoListener, TransportLayer } from '../../../sip-server/transport/transport-layer';
import type { Listener } from '../../../sip-server/transport/types';

describe('chooseListener', () => {
  const listener = (protocol: 'udp' | 'tcp', address: string): Listener =>
    toListener({ protocol, address, port: 1 }, 1);
  const listeners = [
    listener('udp', '127.0.0.1'),
    listener('udp', '10.1.2.3'),
    listener('udp', '192.168.1.5'),
    listener('tcp', '192.168.1.5'),
    listener('udp', '2001:db8::1'),
  ];

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['10.9.9.9', '10.1.2.3'],
    ['192.168.1.77', '192.168.1.5'],
    ['203.0.113.9', '10.1.2.3'],
    ['2001:db8::99', '2001:db8::1'],
  ])('sends to %s from %s', (address, from) => {
    expect(chooseListener(listeners, { protocol: 'udp', address, port: 5060 })?.address).toBe(from);
  });

  it('prefers a local network, then what is alike, then an external address', () => {
    const spec = { protocol: 'udp' as const, port: 1 };
    const outside = { external: { host: '203.0.113.1' } };
    const several = [
      toListener({ ...spec, address: '10.0.0.1' }, 1),
      toListener({ ...spec, address: '192.168.0.1', ...outside, localNetworks: ['10.9.0.0/16'] }, 1),
      toListener({ ...spec, address: '2001:db8:0:1::1' }, 1),
      toListener({ ...spec, address: '2001:db8:0:2::1' }, 1),
    ];
    const from = (address: string): string | undefined =>
      chooseListener(several, { protocol: 'udp', address, port: 5060 })?.address;
    expect(from('10.9.1.1')).toBe('192.168.0.1');
    expect(from('10.8.1.1')).toBe('10.0.0.1');
    expect(from('198.51.100.1')).toBe('192.168.0.1');
    expect(from('2001:db8:0:2::99')).toBe('2001:db8:0:2::1');
  });

  it('has none for another protocol, family or a name', () => {
    expect(chooseListener(listeners, { protocol: 'tcp', address: '::1', port: 1 })).toBeUndefined();
    expect(chooseListener(listeners, { protocol: 'udp', address: 'host.example', port: 1 })).toBeUndefined();
    expect(() =>
      new TransportLayer({ log: pino({ level: 'silent' }) }).flowTo({ protocol: 'udp', address: '::1', port: 1 })
    ).toThrow(NoListener);
  });
});

describe('Locator', () => {
  const locator = new Locator(new NameServers({ cacheMs: 1000 }), () => true);

  it.each([
    ['sip:bob@127.0.0.1', 'udp', '127.0.0.1', 5060],
    ['sip:bob@127.0.0.1:5070;transport=TCP', 'tcp', '127.0.0.1', 5070],
    ['<sip:10.0.0.1;lr;transport=tcp>', 'tcp', '10.0.0.1', 5060],
    ['sip:bob@[::1]:5061', 'udp', '::1', 5061],
    ['sips:bob@127.0.0.1', 'tls', '127.0.0.1', 5061],
    ['sip:bob@127.0.0.1;transport=tls', 'tls', '127.0.0.1', 5061],
    ['10.0.0.1:6000', 'udp', '10.0.0.1', 6000],
    ['localhost:6000;transport=tcp', 'tcp', '127.0.0.1', 6000],
    ['sip:a@10.0.0.1;maddr=10.0.0.2', 'udp', '10.0.0.1', 5060],
  ])('finds the target of %s', async (text, protocol, address, port) => {
    const [target] = await locator.locate(text);
    expect(target).toMatchObject({ protocol, address, port });
  });

  it.each([
    ['sips:bob@127.0.0.1;transport=udp', 'transport udp is not supported'],
    ['tel:911', 'names no host'],
    ['urn:service:sos', 'names no host'],
    ['sip:bob@127.0.0.1;transport=sctp', 'transport sctp is not supported'],
    ['sip:bob@', 'no host'],
    ['', 'no host'],
    ['sip:bob@no-such-host.invalid', 'cannot resolve'],
  ])('says why %j leads nowhere', async (text, reason) => {
    const target = locator.locate(text);
    await expect(target).rejects.toThrow(Unresolvable);
    await expect(target).rejects.toThrow(reason);
  });
});
