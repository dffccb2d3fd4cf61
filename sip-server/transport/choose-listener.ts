import { isIP, isIPv6 } from 'node:net';
import { isLoopback } from './listen-spec';
import type { Listener, Target } from './types';

/**
 * The listener to send from: same protocol and IP family, most leading IPv4 octets in common with the target, loopback last.
 * @returns undefined when none fits or the target is no IP address
 */
export function chooseListener(listeners: readonly Listener[], target: Target): Listener | undefined {
  const fitting = listeners.filter(
    ({ protocol, address }) => protocol === target.protocol && isIP(address) === isIP(target.address)
  );
  const rank = ({ address }: Listener): number =>
    commonOctets(address, target.address) * 2 + (isLoopback(address) ? 0 : 1);
  return fitting.sort((a, b) => rank(b) - rank(a))[0];
}

function commonOctets(a: string, b: string): number {
  if (a === b) return 4;
  if (isIPv6(a)) return isLoopback(a) === isLoopback(b) ? 1 : 0;
  const octets = b.split('.');
  const differing = a.split('.').findIndex((octet, index) => octet !== octets[index]);
  return differing < 0 ? 4 : differing;
}
