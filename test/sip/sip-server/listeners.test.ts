import { afterEach, describe, expect, it } from '@jest/globals';
import { header, sdp } from '../../support/sip-peer';
import { hasIpv6 } from '../../support/has-ipv6';
import { World } from './fixture';

let world: World;

afterEach(() => world.close());

it('shows each its external address, and the bound one to peers of the local networks', async () => {
  const listen = [
    { protocol: 'udp' as const, address: '127.0.0.1', port: 0, external: { host: '203.0.113.1', port: 5999 } },
    { protocol: 'tcp' as const, address: '127.0.0.1', port: 0 },
    { protocol: 'udp' as const, address: '127.0.0.2', port: 0, localNetworks: ['127.0.0.0/8'] },
    ...(hasIpv6 ? [{ protocol: 'udp' as const, address: '::1', port: 0 }] : []),
  ];
  world = await World.start({ listen, external: { host: '203.0.113.2' } });
  await world.app((srf) => srf.invite((req, res) => void srf.createUAS(req, res, { localSdp: sdp(7) })));
  const contactAt = async (protocol: 'udp' | 'tcp', host: string): Promise<string> => {
    const peer = await world.peer({ protocol, host });
    const to = `sip:4000@${peer.sentBy}`;
    const call = peer.dial(world.at(protocol, host), { body: sdp(), to });
    const ok = await peer.expect(200);
    call.confirm(ok).ack();
    return header(ok, 'Contact')!;
  };
  expect(await contactAt('udp', '127.0.0.1')).toBe('<sip:203.0.113.1:5999>');
  expect(await contactAt('tcp', '127.0.0.1')).toBe(
    `<sip:203.0.113.2:${world.at('tcp', '127.0.0.1').port};transport=tcp>`
  );
  expect(await contactAt('udp', '127.0.0.2')).toBe(`<sip:127.0.0.2:${world.at('udp', '127.0.0.2').port}>`);
});

(hasIpv6 ? describe : describe.skip)('on IPv6', () => {
  it('has no external address of the other IP family', async () => {
    world = await World.start({
      listen: [{ protocol: 'udp', address: '::1', port: 0 }],
      external: { host: '203.0.113.2' },
    });
    expect(world.server.listeners[0]?.advertised).toEqual({ host: '[::1]', port: world.at('udp').port });
  });
});
