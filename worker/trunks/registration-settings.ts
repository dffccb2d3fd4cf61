import type { TrunkConfig } from '../../config/config';
import type { RegistrationSettings } from '../../contracts/registration';

/** @returns what a trunk's registration is made from; undefined for a trunk that neither registers nor is watched */
export function registrationSettings(trunk: TrunkConfig): RegistrationSettings | undefined {
  const { id, login, host, backupHosts, outboundProxy, transport, register, keepAliveS } = trunk;
  if (host === undefined || (!register && keepAliveS === undefined)) return undefined;
  const uri = (hostAndPort: string): string => trunkUri(hostAndPort, transport);
  return {
    trunk: id,
    login,
    domain: host.replace(/:\d+$/, ''),
    targets: [host, ...backupHosts].map(uri),
    ...(outboundProxy === undefined ? {} : { outboundProxy: `${uri(outboundProxy)};lr` }),
    ...(register ? { expiresS: register.expiresS } : {}),
    retryMs: { min: (register?.retryMinS ?? 30) * 1_000, max: (register?.retryMaxS ?? 1_800) * 1_000 },
    ...(keepAliveS === undefined ? {} : { keepAliveMs: keepAliveS * 1_000 }),
  };
}

/** The `sip:` URI of a host of a trunk. */
export function trunkUri(hostAndPort: string, transport: TrunkConfig['transport']): string {
  return `sip:${hostAndPort}${transport === 'udp' ? '' : `;transport=${transport}`}`;
}
