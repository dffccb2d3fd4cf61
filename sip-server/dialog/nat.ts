import { isIP } from 'node:net';
import { unbracketed } from '../message/host-port';
import { parseNameAddr } from '../message/name-addr';
import { parseUri } from '../message/uri';
import type { Uri } from '../message/uri';
import { isPrivate } from '../transport/networks';
import type { Flow, Target } from '../transport/types';
import { targetOf } from '../transport/types';

/** Where a peer says that requests shall go, and whether it called us. */
interface Whereabouts {
  readonly role: 'uac' | 'uas';
  readonly routeSet: readonly string[];
  readonly remoteTarget: string;
}

/**
 * The source of a peer's message when requests to the peer have to go there: its Contact, or the proxy in front of it, shows an address
 * that it does not send from, as behind a NAT. A caller is followed over UDP alone, a callee on every transport.
 * @returns undefined when route set and Contact lead to the peer
 */
export function natTargetOf({ role, routeSet, remoteTarget }: Whereabouts, flow: Flow): Target | undefined {
  const [firstRoute] = routeSet;
  const contact = parseUri(remoteTarget);
  if (role === 'uas') {
    if (flow.protocol !== 'udp' || firstRoute !== undefined) return undefined;
    const isElsewhere = !isAt(contact, flow) || (contact.port ?? flow.remote.port) !== flow.remote.port;
    return isElsewhere ? targetOf(flow) : undefined;
  }
  const route = firstRoute === undefined ? undefined : parseUri(parseNameAddr(firstRoute).uri);
  const isElsewhere = !isAt(route ?? contact, flow);
  return isElsewhere && (route === undefined || isPrivate(unbracketed(route.host))) ? targetOf(flow) : undefined;
}

/** A host name is no address, whatever it stands for. */
function isAt({ host }: Uri, { remote }: Flow): boolean {
  const address = unbracketed(host).toLowerCase();
  return isIP(address) !== 0 && address === remote.address.toLowerCase();
}
