import { readOptionalSecret } from './environment';
import type { ConfigFault } from './faults';
import { hostAndPort } from './host-and-port';
import type { FileConfig } from './schema';

/** The control port of the SIP server, for reconciliation. */
export interface SipControl {
  /** `http://host:port` */
  url: string;
  token: string;
}

/** The same variable as the SIP server's. */
const VARIABLE = 'SIP_CONTROL_TOKEN';

export function readSipControl(
  { host, controlPort, controlTokenFile }: FileConfig['sipServer'],
  env: NodeJS.ProcessEnv
): { control?: SipControl } | { fault: ConfigFault } {
  const file =
    controlTokenFile === undefined ? undefined : { name: controlTokenFile, path: ['sipServer', 'controlTokenFile'] };
  const secret = readOptionalSecret(VARIABLE, file, env);
  if ('fault' in secret) return secret;
  if (secret.value === undefined) return {};
  return { control: { url: `http://${hostAndPort(host, controlPort)}`, token: secret.value } };
}
