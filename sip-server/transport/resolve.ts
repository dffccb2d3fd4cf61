import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { unbracketed } from '../message/host-port';
import { parseNameAddr } from '../message/name-addr';
import { parseUri } from '../message/uri';
import { defaultPort, protocolOf } from './protocol';
import type { Target } from './types';

/** A URI that leads to no address that can be sent to. */
export class Unresolvable extends Error {
  override readonly name = 'Unresolvable';
}

/**
 * Finds where a request for a URI goes: protocol from scheme and `transport` (default UDP), port from the URI (default 5060, TLS
 * 5061), address by the system's resolver, IPv4 first. `maddr` is ignored.
 * @param text a SIP URI, a name-addr such as a Route value, or `host[:port]`
 * @throws Unresolvable
 */
export async function resolveTarget(text: string): Promise<Target> {
  const bare = text.includes('<') ? parseNameAddr(text).uri : text.trim();
  const uri = parseUri(hasScheme(bare) ? bare : `sip:${bare}`);
  if (uri.scheme !== 'sip' && uri.scheme !== 'sips') throw new Unresolvable(`a ${uri.scheme} URI names no host`);
  if (uri.host === '') throw new Unresolvable(`no host in "${bare}"`);
  const protocol = protocolOf(uri);
  if (protocol === undefined) throw new Unresolvable(`transport ${uri.params.get('transport')} is not supported`);
  const domain = unbracketed(uri.host);
  return { protocol, address: await addressOf(domain), port: uri.port ?? defaultPort(protocol), domain };
}

/** A colon with a port behind it belongs to a host, unless the word in front is a scheme whose URI may be digits alone. */
function hasScheme(text: string): boolean {
  return /^(sips?:|tel:|[A-Za-z][A-Za-z0-9+.-]*:(?!\d{1,5}(;|$)))/i.test(text);
}

async function addressOf(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    const found = await lookup(host, { all: true });
    const preferred = found.find(({ family }) => family === 4) ?? found[0];
    if (preferred !== undefined) return preferred.address;
  } catch (error) {
    throw new Unresolvable(`cannot resolve ${host}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
  throw new Unresolvable(`${host} has no address`);
}
