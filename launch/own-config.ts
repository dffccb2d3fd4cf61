import { join } from 'node:path';
import type { Config } from '../config/config';
import { ConfigError, loadConfig } from '../config/config';
import { LaunchError } from './launch-error';
import type { SystemOptions, SystemPorts } from './options';
import { HOST } from './options';

/** For `--help`: the settings that {@link overrulingEnvironment} replaces. */
export const OVERRULED_SETTINGS = 'sipServer, api.host, api.port and records.folder';

/** Environment variables of our services that go before the settings of a configuration file. */
export function overrulingEnvironment(
  { admin, control, api }: Pick<SystemPorts, 'admin' | 'control' | 'api'>,
  recordsFolder: string
): Record<string, string> {
  return {
    DURABLE_CALLS_SIP_SERVER_HOST: HOST,
    DURABLE_CALLS_SIP_SERVER_PORT: String(admin),
    DURABLE_CALLS_SIP_CONTROL_PORT: String(control),
    DURABLE_CALLS_API_HOST: HOST,
    DURABLE_CALLS_API_PORT: String(api),
    DURABLE_CALLS_RECORDS: recordsFolder,
  };
}

/**
 * Reads the user's configuration as the worker will read it.
 * @throws LaunchError that names every fault
 */
export function readOwnConfig(
  file: string,
  { adminPort, controlPort, apiPort, data }: Pick<SystemOptions, 'adminPort' | 'controlPort' | 'apiPort' | 'data'>,
  env: NodeJS.ProcessEnv
): Config {
  const { DRACHTIO_SECRET_FILE: _, ...inherited } = env;
  try {
    return loadConfig(file, {
      ...inherited,
      ...overrulingEnvironment({ admin: adminPort, control: controlPort, api: apiPort }, join(data, 'records')),
      // The data folder gets secrets of its own at the start.
      DRACHTIO_SECRET: 'made-at-the-start',
      SIP_CONTROL_TOKEN: 'made-at-the-start',
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new LaunchError(`${file} cannot be used:\n${error.message}`);
  }
}
