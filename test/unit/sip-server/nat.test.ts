import { describe, expect, it } from '@jest/globals';
import { natTargetOf } from '../../../sip-server/dialog/nat';
import { isPrivate, Networks } from '../../../sip-server/transport/networks';
import type { Protocol } from '../../../sip-server/transport/protocol';
import type { Flow } from '../../../sip-server/transport/types';
import { toListener } from '../../../sip-server/transport/listen-spec';

function flow(address: string, port: number, protocol: Protocol = 'udp'): Flow {
  const listener = toListener({ protocol, address: '127.0.0.1', port: 0 }, 5060);
  return { protocol, listener, remote: { address, port }, isOpen: true, write: () => undefined };
}

const loose = ['<sip:198.51.100.9;lr>'];
const privateRoute = ['<sip:10.0.0.9;lr>'];

describe('natTargetOf', () => {
  it.each([
    ['uas', [], 'sip:a@192.168.0.7:5060', flow('203.0.113.1', 4711)],
    ['uas', [], 'sip:a@203.0.113.1:5060', flow('203.0.113.1', 4711)],
    ['uas', [], 'sip:a@phone.example', flow('203.0.113.1', 5060)],
    ['uas', [], 'sip:a@[2001:db8::7]', flow('2001:db8::1', 5060)],
    ['uac', [], 'sip:a@192.168.0.7', flow('203.0.113.1', 5060)],
    ['uac', [], 'sip:a@192.168.0.7', flow('203.0.113.1', 5061, 'tls')],
    ['uac', privateRoute, 'sip:a@203.0.113.1', flow('203.0.113.1', 5060)],
  ] as const)(
    'sends a request of the %s with routes %j and target %s to the source',
    (role, routeSet, remoteTarget, source) => {
      expect(natTargetOf({ role, routeSet, remoteTarget }, source)).toMatchObject({
        protocol: source.protocol,
        ...source.remote,
      });
    }
  );

  it.each([
    ['uas', [], 'sip:a@203.0.113.1:4711', flow('203.0.113.1', 4711)],
    ['uas', [], 'sip:a@203.0.113.1', flow('203.0.113.1', 4711)],
    ['uas', [], 'sip:a@[2001:DB8::1]', flow('2001:db8::1', 5060)],
    ['uas', loose, 'sip:a@192.168.0.7', flow('198.51.100.9', 5060)],
    ['uas', [], 'sip:a@192.168.0.7', flow('203.0.113.1', 4711, 'tcp')],
    ['uac', [], 'sip:a@203.0.113.1:5080', flow('203.0.113.1', 5060)],
    ['uac', loose, 'sip:a@192.168.0.7', flow('203.0.113.1', 5060)],
    ['uac', privateRoute, 'sip:a@192.168.0.7', flow('10.0.0.9', 5060)],
  ] as const)(
    'leaves a request of the %s with routes %j and target %s alone',
    (role, routeSet, remoteTarget, source) => {
      expect(natTargetOf({ role, routeSet, remoteTarget }, source)).toBeUndefined();
    }
  );
});

describe('networks', () => {
  it('tell private addresses from public ones', () => {
    const privates = ['10.0.0.1', '172.16.0.1', '172.31.255.1', '192.168.9.9', 'fd00::1'];
    const publics = ['172.32.0.1', '172.15.0.1', '11.0.0.1', '203.0.113.1', '2001:db8::1', 'host.example'];
    expect(privates.filter(isPrivate)).toEqual(privates);
    expect(publics.filter(isPrivate)).toEqual([]);
  });

  it.each(['10.0.0.0/33', '10.0.0/8', 'fc00::/129', '10.0.0.0/', 'all'])('refuse %s', (network) => {
    expect(() => new Networks([network])).toThrow(RangeError);
  });

  it('take an address for itself', () => {
    const networks = new Networks(['192.0.2.1', '2001:db8::1']);
    expect(['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2'].filter((one) => networks.includes(one))).toEqual([
      '192.0.2.1',
      '2001:db8::1',
    ]);
  });
});
