import type { SecretForm } from './environment';
import { readOptionalSecret } from './environment';
import type { ConfigFault } from './faults';
import type { TrunkEntry } from './schema';
import type { Placed } from './settings';

/** The provider chooses it. */
const PASSWORD: SecretForm = { pattern: /^\P{Cc}+$/u, message: 'must be one line of text (correct it)' };

/** What the password of a trunk is found by. */
type PasswordOwner = Pick<TrunkEntry, 'id' | 'login' | 'authUser' | 'passwordFile'>;

/** @returns the environment variable that holds the password of a trunk */
export function passwordVariable(trunkId: string): string {
  return `DURABLE_CALLS_PASSWORD_${trunkId.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/** Passwords that are given but cannot be read, or are given to more than one trunk. */
export function passwordFaults(trunks: readonly Placed<PasswordOwner>[], env: NodeJS.ProcessEnv): ConfigFault[] {
  return trunks.flatMap((trunk) => {
    const secret = readPassword(trunk, env, ['trunks', trunk.at, 'passwordFile']);
    return 'fault' in secret ? [secret.fault] : sharedFaults(trunk, trunks, env);
  });
}

/** Ids that differ only in signs which a variable cannot have. */
function sharedFaults(
  { id, at }: Placed<PasswordOwner>,
  trunks: readonly Placed<PasswordOwner>[],
  env: NodeJS.ProcessEnv
): ConfigFault[] {
  const variable = passwordVariable(id);
  const first = trunks.find((other) => passwordVariable(other.id) === variable);
  if ((env[variable] ?? '') === '' || first === undefined || first.at === at || first.id === id) return [];
  const message = `${variable} is the password of trunk ${first.id} too (rename one, or use passwordFile)`;
  return [{ path: ['trunks', at, 'id'], message }];
}

/** What a trunk authenticates with, read anew each time: a secret file may have changed. Undefined without a readable password. */
export function trunkCredentials(
  trunk: PasswordOwner,
  env: NodeJS.ProcessEnv
): { user: string; password: string } | undefined {
  const secret = readPassword(trunk, env, []);
  if ('fault' in secret || secret.value === undefined) return undefined;
  return { user: trunk.authUser ?? trunk.login, password: secret.value };
}

function readPassword(
  { id, passwordFile }: PasswordOwner,
  env: NodeJS.ProcessEnv,
  path: readonly PropertyKey[]
): ReturnType<typeof readOptionalSecret> {
  const file = passwordFile === undefined ? undefined : { name: passwordFile, path };
  return readOptionalSecret(passwordVariable(id), file, env, PASSWORD);
}
