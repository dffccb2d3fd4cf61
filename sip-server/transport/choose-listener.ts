import { isIP, isIPv6 } from 'node:net';
import { bracketed } from '../message/host-port';
import { isLoopback } from './listen-spec';
import type { Listener, Target } from './types';

/**
 * The listener to send from, of those with the target's protocol and IP family: one whose local networks hold the target, else that with
 * the most leading octets (IPv6: groups) in common, else one with an external address; loopback last.
 * @returns undefined when none fits or the target is no IP address
 */
export function chooseListener(listeners: readonly Listener[], target: Target): Listener | undefined {
  const fitting = listeners.filter(
    ({ protocol, address }) => protocol === target.protocol && isIP(address) === isIP(target.address)
  );
  const rank = (listener: Listener): number => {
    const isNear = listener.local?.networks.includes(target.address) === true;
    const hasExternal = listener.advertised.host !== bracketed(listener.address);
    const [near, common] = [Number(isNear), commonParts(listener.address, target.address)];
    return near * 1000 + common * 100 + Number(!isLoopback(listener.address)) * 10 + Number(hasExternal);
  };
  return fitting.sort((a, b) => rank(b) - rank(a))[0];
}

function commonParts(a: string, b: string): number {
  const theirs = partsOf(b);
  const ours = partsOf(a);
  const differing = ours.findIndex((part, index) => part !== theirs[index]);
  return differing < 0 ? ours.length : differing;
}

/** The octets of an IPv4 address, the eight groups of an IPv6 address. */
function partsOf(address: string): string[] {
  if (!isIPv6(address)) return address.split('.');
  const [head = [], tail = []] = address
    .replace(/%.*$/, '')
    .toLowerCase()
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  return [...head, ...zeros, ...tail];
}
