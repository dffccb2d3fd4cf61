import { networkInterfaces } from 'node:os';

/** False in containers without IPv6, where its tests have nothing to run on. */
export const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1');
