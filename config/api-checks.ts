import { isIP } from 'node:net';
import type { ConfigFault } from './faults';
import { isRefusedByFetch, REFUSED_PORT } from './fetch-ports';
import type { FileConfig } from './schema';
import { isWithin } from './sources';

/** Who reaches the API transfers calls at the operator's cost, so beyond loopback it needs a token. */
export function exposureFaults(host: string, hasToken: boolean): ConfigFault[] {
  if (hasToken || isLoopback(host)) return [];
  const toDo = 'set DURABLE_CALLS_API_TOKEN or api.tokenFile, or listen on 127.0.0.1';
  return [{ path: ['api', 'host'], message: `${host} is not loopback and the API has no token (${toDo})` }];
}

/** Bots are told where the API is with each call, so it must follow from the configuration, and be a place that they can call. */
export function publicUrlFaults({ host, port, publicUrl }: FileConfig['api']): ConfigFault[] {
  if (publicUrl !== undefined) return [];
  if (isRefusedByFetch(port)) return [{ path: ['api', 'port'], message: `${port} is ${REFUSED_PORT}` }];
  if (port !== 0 && !WILDCARDS.has(host)) return [];
  const [member, value] = port === 0 ? ['port', port] : ['host', host];
  return [{ path: ['api', member], message: `${value} does not say where bots reach the API (set api.publicUrl)` }];
}

const WILDCARDS = new Set(['0.0.0.0', '::']);

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) > 0 && isWithin(host, ['127.0.0.0/8', '::1']));
}
