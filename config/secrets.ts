import { exposureFaults, publicUrlFaults } from './api-checks';
import { connectorTokenFaults } from './connector-token';
import { readSipServerSecret } from './environment';
import type { ConfigFault } from './faults';
import { passwordFaults } from './passwords';
import type { RecordPush } from './record-push';
import { readRecordPush } from './record-push';
import type { Settings } from './settings';
import type { SipControl } from './sip-control';
import { readSipControl } from './sip-control';
import type { ApiTokens } from './tokens';
import { readApiTokens } from './tokens';

/** What a configuration takes from variables of the environment and from files of their own. */
export interface Secrets {
  /** The SIP server's. */
  sipServer: string;
  control: { control?: SipControl };
  push: { push?: RecordPush };
  tokens: ApiTokens;
}

/** Reads what can be read beside settings that are malformed. @returns no secrets when one is missing or cannot be read */
export function readSecrets(settings: Settings, env: NodeJS.ProcessEnv): { faults: ConfigFault[]; secrets?: Secrets } {
  const secret = readSipServerSecret(env);
  const push = readRecordPush(settings.section('records') ?? {}, env);
  const sipServer = settings.section('sipServer');
  const control = sipServer ? readSipControl(sipServer, env) : {};
  const { faults: apiFaults, ...tokens } = readTokens(settings, env);
  const faults = [
    ...passwordFaults(settings.trunks('id', 'login', 'authUser', 'passwordFile'), env),
    ...connectorTokenFaults(settings.channels('botId', 'connector'), env),
    ...apiFaults,
    ...[secret, push, control].flatMap((read) => ('fault' in read ? [read.fault] : [])),
  ];
  if ('fault' in secret || 'fault' in push || 'fault' in control) return { faults };
  return { faults, secrets: { sipServer: secret.value, control, push, tokens } };
}

function readTokens(settings: Settings, env: NodeJS.ProcessEnv): ReturnType<typeof readApiTokens> {
  const api = settings.section('api');
  const { faults, ...tokens } = readApiTokens(api?.tokenFile, settings.channels('botId', 'tokenFile'), env);
  const isKnown = ['botId', 'tokenFile'].every((member) => settings.isComplete('channels', member));
  const hasToken = tokens.token !== undefined || tokens.channelTokens.length > 0;
  const isOpen = api !== undefined && isKnown && faults.length === 0;
  return {
    ...tokens,
    faults: [...(api ? publicUrlFaults(api) : []), ...faults, ...(isOpen ? exposureFaults(api.host, hasToken) : [])],
  };
}
