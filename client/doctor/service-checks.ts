import type { Config } from '../../config/config';
import { hostAndPort } from '../../config/host-and-port';
import type { CheckResult } from './check';
import { fault, ok, reasonOf, skipped } from './check';
import type { SipListener } from './drachtio-probe';
import { probeDrachtio } from './drachtio-probe';
import { probeSip } from './sip-probe';

const WILDCARDS = new Set(['0.0.0.0', '::', '*']);
const API_LIMIT_MS = 3000;

/** The SIP server: its port for applications, the secret, and each of its SIP ports. */
export async function checkSipServer({ sipServer: { host, port, secret } }: Config): Promise<CheckResult[]> {
  const name = 'SIP server';
  const reception = await probeDrachtio(host, port, secret);
  if (reception.kind === 'unreachable')
    return [
      fault(
        name,
        `${host} port ${port}: ${reception.reason}`,
        'start it (npm run sip-server -- --help), or correct sipServer.host and sipServer.port'
      ),
    ];
  if (reception.kind === 'refused')
    return [
      fault(
        name,
        `it refused us: ${reception.reason}`,
        'give DRACHTIO_SECRET or DRACHTIO_SECRET_FILE the server’s secret'
      ),
    ];
  const listeners = await Promise.all(reception.listeners.map((listener) => checkListener(listener, host)));
  return [ok(name, `${host} port ${port}, version ${reception.version}`), ...listeners];
}

/** A port on all addresses is asked where the server is. */
async function checkListener(listener: SipListener, serverHost: string): Promise<CheckResult> {
  const asked = WILDCARDS.has(listener.host) ? { ...listener, host: serverHost } : listener;
  const name = `SIP ${asked.transport.toUpperCase()} ${asked.host}:${asked.port}`;
  const status = await probeSip(asked);
  if (status === undefined)
    return fault(name, 'no answer to OPTIONS', 'look for a firewall, and into the SIP server’s log');
  return ok(name, `answers OPTIONS with ${status}`);
}

export async function checkApi({ api: { host, port } }: Config): Promise<CheckResult> {
  const name = 'HTTP API';
  if (port === 0) return skipped(name, 'its port is chosen at its start');
  const asked = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const url = `http://${hostAndPort(asked, port)}/healthz`;
  const toDo = 'start the worker, or correct api.host and api.port';
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(API_LIMIT_MS) });
    return status === 200 ? ok(name, url) : fault(name, `${url} answers ${status}: something else listens there`, toDo);
  } catch (err) {
    return fault(name, `${url}: ${reasonOf(err)}`, toDo);
  }
}
