import type { ChannelOfCall, TrunkOfCall } from '../contracts/call';
import { crossFaults } from './checks';
import type { ConnectorEntry } from './connector-schema';
import { withOverrides } from './environment';
import { ConfigError, faultTexts } from './faults';
import { hostAndPort } from './host-and-port';
import type { RecordPush } from './record-push';
import type { FileConfig, TrunkEntry } from './schema';
import type { Secrets } from './secrets';
import { readSecrets } from './secrets';
import { Settings } from './settings';
import type { SipControl } from './sip-control';
import type { ApiTokens } from './tokens';
import { withTrunkDefaults } from './trunk-defaults';
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
  const settings = new Settings(input.value);
  const { faults, secrets } = readSecrets(settings, env);
  const all = [...settings.faults, ...crossFaults(settings), ...faults];
  if (settings.whole === undefined || secrets === undefined || all.length > 0)
    throw new ConfigError(faultTexts(all, { file, lineOf, variableOf: input.variableOf }));
  return withSecrets(settings.whole, secrets);
}

function withSecrets(settings: FileConfig, { sipServer, control, push, tokens }: Secrets): Config {
  const { tokenFile: _, ...api } = settings.api;
  const { host, port } = settings.sipServer;
  return {
    ...settings,
    trunks: settings.trunks.map(withTrunkDefaults),
    channels: settings.channels.map(({ tokenFile: __, ...channel }) => channel),
    records: { folder: settings.records.folder, ...push },
    sipServer: { host, port, secret: sipServer, ...control },
    api: {
      ...api,
      ...tokens,
      publicUrl: api.publicUrl ?? `http://${hostAndPort(api.host, api.port)}`,
    },
  };
}
