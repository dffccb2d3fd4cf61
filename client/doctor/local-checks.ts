import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../config/config';
import { ConfigError, loadConfig } from '../../config/config';
import { channelTokenVariable } from '../../config/tokens';
import type { CheckResult } from './check';
import { fault, ok, reasonOf, skipped, warning } from './check';

const MINIMUM_NODE = [20, 3] as const;

export function checkNode(version: string): CheckResult {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = MINIMUM_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return ok('Node', version);
  return fault(
    'Node',
    `${version} is too old`,
    `install Node ${MINIMUM_NODE.join('.')} or newer, see https://nodejs.org`
  );
}

/** Reads the configuration that the other checks go by. */
export function checkConfig(
  file: string | undefined,
  env: NodeJS.ProcessEnv
): { result: CheckResult; config?: Config } {
  if (file === undefined) return { result: skipped('configuration', 'give it with --config to have it checked') };
  try {
    const config = loadConfig(file, env);
    return { config, result: ok('configuration', `${file}, node ${config.node}`) };
  } catch (err) {
    if (!(err instanceof ConfigError)) throw err;
    return { result: fault('configuration', err.faults.join('\n'), 'correct these settings') };
  }
}

/** A folder that is not there yet is made by the worker, so the nearest one above it must be writable. */
export function checkRecordsFolder({ records: { folder } }: Config): CheckResult {
  const name = 'records folder';
  let nearest = path.resolve(folder);
  while (!existsSync(nearest)) nearest = path.dirname(nearest);
  try {
    if (!statSync(nearest).isDirectory()) throw new Error(`${nearest} is not a folder`);
    accessSync(nearest, constants.W_OK | constants.X_OK);
    return ok(name, path.resolve(folder));
  } catch (err) {
    return fault(name, reasonOf(err), `let this user write to ${nearest}, or set records.folder`);
  }
}

export function checkTokens({ api, channels }: Config): CheckResult {
  const name = 'API tokens';
  if (api.token === undefined && api.channelTokens.length === 0)
    return warning(
      name,
      `none: whoever reaches ${api.host} steers every call`,
      'set DURABLE_CALLS_API_TOKEN or api.tokenFile'
    );
  const without = channels.filter(({ botId }) => api.channelTokens.every((channel) => channel.botId !== botId));
  const operator = api.token === undefined ? 'no operator token' : 'operator token';
  if (without.length === 0) return ok(name, `${operator}, every channel has one`);
  return warning(
    name,
    `${operator}; none for ${without.map(({ botId }) => botId).join(', ')}, whose bots cannot use the API by one of their own`,
    `set ${without.map(({ botId }) => channelTokenVariable(botId)).join(', ')} or tokenFile of the channel`
  );
}
