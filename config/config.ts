import { isIP, isIPv6 } from 'node:net';
import type { core } from 'zod';
import type { ChannelOfCall, TrunkOfCall } from '../contracts/call';
import { defaultAllowTargets } from './allow-targets';
import { crossFaults, exposureFaults, publicUrlFaults } from './checks';
import type { ConnectorEntry } from './connector-schema';
import { connectorTokenFaults } from './connector-token';
import { readSipServerSecret, withOverrides } from './environment';
import type { Secret } from './environment';
import type { ConfigFault } from './faults';
import { ConfigError, faultText } from './faults';
import { passwordFaults } from './passwords';
import type { RecordPush } from './record-push';
import { readRecordPush } from './record-push';
import type { FileConfig, TrunkEntry } from './schema';
import type { SipControl } from './sip-control';
import { readSipControl } from './sip-control';
import { describeConfigIssue } from './describe-issue';
import { configSchema } from './schema';
import type { ApiTokens } from './tokens';
import { readApiTokens } from './tokens';
import { readYaml } from './yaml-source';

export { ConfigError };

/** A SIP trunk with its defaults; what its settings mean stands in `trunk-schema.ts`. */
export type TrunkConfig = TrunkOfCall &
  Omit<TrunkEntry, 'sources' | 'allowTargets'> & {
    /** IP addresses and CIDR ranges that the trunk's INVITEs come from. */
    sources: string[];
  };

/** A bot and the trunk whose calls it takes. */
export interface ChannelConfig extends Omit<ChannelOfCall, 'connector'> {
  connector?: ConnectorEntry;
  /** `id` of the trunk. */
  trunk: string;
  /** Announcement server or speech gateway that is called as the leg of a bot without one. */
  mediaUri?: string;
}

export interface Config {
  /** Name of the SIP node. */
  node: string;
  /** `control` is absent when the token of the control port is not known. */
  sipServer: { host: string; port: number; secret: string; control?: SipControl };
  reconciliation: { graceS: number; perSecond: number };
  worker: { stopWithinS: number };
  api: ApiTokens & {
    host: string;
    /** 0 for any free port. */
    port: number;
    /** Where bots reach the API, without a trailing slash. */
    publicUrl: string;
    /** Of requests of one token, or of one address without a token: `burst` at once, then `perSecond`. */
    rateLimit: { perSecond: number; burst: number };
  };
  /** A relative folder starts at the working directory. */
  records: { folder: string; push?: RecordPush };
  calls: { historyEventsPerRun?: number };
  metrics?: { listen: string };
  trunks: TrunkConfig[];
  channels: ChannelConfig[];
}

/**
 * Reads and checks a worker's configuration; `examples/durable-calls.yaml` shows every setting.
 * @param env the process's environment: secrets and overrides
 * @throws ConfigError listing every fault with its place
 */
export function loadConfig(file: string, env: NodeJS.ProcessEnv): Config {
  const { value, lineOf } = readYaml(file);
  const input = withOverrides(value, env);
  const origin = { file, lineOf, variableOf: input.variableOf };
  const secret = readSipServerSecret(env);
  const parsed = configSchema.safeParse(input.value, { error: describeConfigIssue });
  if (!parsed.success) {
    const faults = [...parsed.error.issues.flatMap(issueFaults), ...secretFaults(secret)];
    throw new ConfigError(faults.map((fault) => faultText(fault, origin)));
  }
  const { tokenFile: _, ...api } = parsed.data.api;
  const { faults: tokenFaults, ...tokens } = readApiTokens(parsed.data, env);
  const hasToken = tokens.token !== undefined || tokens.channelTokens.length > 0;
  const push = readRecordPush(parsed.data.records, env);
  const control = readSipControl(parsed.data.sipServer, env);
  const checked = withTrunkDefaults(parsed.data);
  const faults = [
    ...crossFaults(checked),
    ...passwordFaults(checked.trunks, env),
    ...connectorTokenFaults(checked.channels, env),
    ...publicUrlFaults(api),
    ...(tokenFaults.length > 0 ? tokenFaults : exposureFaults(api.host, hasToken)),
    ...secretFaults(secret),
    ...('fault' in push ? [push.fault] : []),
    ...('fault' in control ? [control.fault] : []),
  ];
  if ('fault' in secret || 'fault' in push || 'fault' in control || faults.length > 0)
    throw new ConfigError(faults.map((fault) => faultText(fault, origin)));
  return {
    ...checked,
    channels: checked.channels.map(({ tokenFile: __, ...channel }) => channel),
    records: { folder: checked.records.folder, ...push },
    sipServer: { host: checked.sipServer.host, port: checked.sipServer.port, secret: secret.value, ...control },
    api: {
      ...api,
      ...tokens,
      publicUrl: api.publicUrl ?? `http://${isIPv6(api.host) ? `[${api.host}]` : api.host}:${api.port}`,
    },
  };
}

function issueFaults(issue: core.$ZodIssue): ConfigFault[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: issue.message }));
}

function secretFaults(secret: Secret): ConfigFault[] {
  return 'fault' in secret ? [secret.fault] : [];
}

function withTrunkDefaults(config: FileConfig): Omit<FileConfig, 'trunks'> & { trunks: TrunkConfig[] } {
  const trunks = config.trunks.map((trunk) => {
    const sources = trunk.sources ?? defaultSources(trunk);
    return { ...trunk, sources, allowTargets: trunk.allowTargets ?? defaultAllowTargets({ ...trunk, sources }) };
  });
  return { ...config, trunks };
}

/** A trunk sends from its host, unless it says otherwise; a name may stand for many addresses, so it is no default. */
function defaultSources({ host = '' }: TrunkEntry): string[] {
  const address = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return isIP(address) === 0 ? [] : [address];
}
