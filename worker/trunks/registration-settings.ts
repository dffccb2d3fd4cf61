import { withTransport } from '../../activities/sip/trunk-transport';
import type { WatchedTrunk } from '../../config/watched-trunks';
import type { RegistrationSettings } from '../../contracts/registration';

/** @returns what a trunk is registered and watched by */
export function registrationSettings(trunk: WatchedTrunk): RegistrationSettings {
  const { id, login, host, backupHosts, outboundProxy, transport, register, keepAliveS } = trunk;
  const uri = (hostAndPort: string): string => withTransport(`sip:${hostAndPort}`, transport);
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
