import type { Config } from '../../config/config';
import type { ConnectedCalls } from '../connect';
import type { CheckResult } from './check';
import { checkBots } from './bot-checks';
import { fault, reasonOf } from './check';
import { checkConfig, checkNode, checkRecordsFolder, checkTokens } from './local-checks';
import { checkApi, checkSipServer } from './service-checks';
import { checkClock, checkNamespace, checkSearchAttributes, checkWorker } from './temporal-checks';
import { checkTrunks } from './trunk-checks';

export interface DoctorOptions {
  /** Configuration of the worker; without it what belongs to it is not looked at. */
  configFile?: string | undefined;
  env: NodeJS.ProcessEnv;
  connect: () => Promise<ConnectedCalls>;
}

export interface Diagnosis {
  checks: CheckResult[];
  isTemporalReachable: boolean;
}

/** Looks at everything that a worker needs. It changes nothing. */
export async function examine({ configFile, env, connect }: DoctorOptions): Promise<Diagnosis> {
  const { result, config } = checkConfig(configFile, env);
  const [temporal, ofConfig] = await Promise.all([
    examineTemporal(connect, config),
    config ? examineConfigured(config, env) : [],
  ]);
  return {
    checks: [checkNode(process.versions.node), result, ...temporal.checks, ...ofConfig],
    isTemporalReachable: temporal.isReachable,
  };
}

async function examineTemporal(
  connect: DoctorOptions['connect'],
  config: Config | undefined
): Promise<{ checks: CheckResult[]; isReachable: boolean }> {
  let connected: ConnectedCalls;
  try {
    connected = await connect();
  } catch (err) {
    const toDo = 'start it, or check TEMPORAL_ADDRESS and the other settings of the Temporal CLI';
    return { checks: [fault('Temporal', reasonOf(err), toDo)], isReachable: false };
  }
  try {
    const namespace = await checkNamespace(connected);
    if (namespace.status === 'fault') return { checks: [namespace], isReachable: true };
    const rest = await Promise.all([
      checkSearchAttributes(connected),
      config ? checkWorker(connected, config.node) : [],
      checkClock(connected),
      config ? checkTrunks(connected, config) : [],
    ]);
    return { checks: [namespace, ...rest.flat()], isReachable: true };
  } finally {
    await connected.close();
  }
}

async function examineConfigured(config: Config, env: NodeJS.ProcessEnv): Promise<CheckResult[]> {
  const [sipServer, api, bots] = await Promise.all([checkSipServer(config), checkApi(config), checkBots(config, env)]);
  return [...sipServer, api, ...bots, checkRecordsFolder(config), checkTokens(config)];
}
