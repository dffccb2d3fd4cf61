import type { OutboundTrunk } from '../../contracts/outbound-trunk';
import { withTransport } from './trunk-transport';

/** Where an INVITE goes. */
export interface Destination {
  /** Request-URI. */
  uri: string;
  /** `sip:` URI that it is sent to instead of its request-URI. */
  proxy?: string;
  /** The trunk's hosts or its proxy have it, so that they may know who we are. */
  isAtTrunk: boolean;
}

/** Where a target can be reached over a trunk, in the order to try: the hosts that stand in for its host come after it. */
export function destinations(to: string, over: OutboundTrunk | undefined): [Destination, ...Destination[]] {
  if (!over) return [{ uri: to, isAtTrunk: false }];
  const { hosts, outboundProxy, transport } = over;
  const [host = '', ...others] = hosts;
  const isAtHost = nameOf(hostOf(to)) === nameOf(host);
  const proxy = outboundProxy === undefined ? {} : { proxy: `${withTransport(`sip:${outboundProxy}`, transport)};lr` };
  if (!isAtHost) return [{ uri: to, ...proxy, isAtTrunk: outboundProxy !== undefined }];
  const at = (uri: string): Destination => ({ uri: withTransport(uri, transport), ...proxy, isAtTrunk: true });
  return [at(to), ...others.map((other) => at(to.replace(hostOf(to), other)))];
}

/** Host of `host[:port]`, in lower case. */
export function nameOf(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}

/** `host[:port]` of a `sip:` URI. */
function hostOf(uri: string): string {
  return /^sips?:(?:[^@;?]*@)?(\[[^\]]*\](?::\d+)?|[^;?]+)/i.exec(uri)?.[1] ?? '';
}
