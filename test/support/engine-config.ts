import path from 'node:path';

export interface EngineOptions {
  /** `sip:` URI of the bot's leg; absent: a bot without one. */
  bot?: string;
  webhook?: string;
  /** Address of a Temporal server of its own; default: that of the test run. */
  temporal?: string;
  trunk?: Record<string, unknown>;
  channel?: Record<string, unknown>;
  /** More trunks with their channels. */
  more?: { trunks: Record<string, unknown>[]; channels: Record<string, unknown>[] };
  /** Settings of the worker process. */
  worker?: { stopWithinS: number };
  /** Settings of the API. */
  api?: Record<string, unknown>;
  /** Settings of calls. */
  calls?: Record<string, unknown>;
  /** Where records are pushed to. */
  push?: { url: string };
  /** The port that workers connect to instead of the SIP server's own. */
  wayToSipServer?: (adminPort: number) => number;
  /** More of the workers' environment. */
  env?: Record<string, string>;
  /** Other builds of the processes: paths of scripts that take the same arguments. */
  builds?: { worker?: string; sipServer?: string };
  /** More arguments of the SIP server. */
  sipServerArgs?: string[];
  /** Workers know the token of the SIP server's control port, and reconcile so. */
  reconciliation?: { graceS: number; perSecond?: number };
}

/** Ports of one worker and its SIP server; `publicApi` is where bots reach the API of the engine. */
interface EnginePorts {
  admin: number;
  control: number;
  api: number;
  publicApi: number;
}

/** The configuration of one worker. @param folder where the processes of the engine keep their files */
export function engineConfig(node: string, folder: string, ports: EnginePorts, options: EngineOptions): object {
  const { bot, webhook, trunk = {}, channel = {}, more, api = {}, calls = {}, push, reconciliation, worker } = options;
  return {
    node,
    sipServer: {
      ...{ host: '127.0.0.1', port: ports.admin, controlPort: ports.control },
      ...(reconciliation ? { controlTokenFile: path.join(folder, 'control-token') } : {}),
    },
    ...(reconciliation ? { reconciliation } : {}),
    ...(worker ? { worker } : {}),
    api: { host: '127.0.0.1', port: ports.api, publicUrl: `http://127.0.0.1:${ports.publicApi}`, ...api },
    records: { folder: path.join(folder, 'records'), ...(push ? { push } : {}) },
    calls,
    trunks: [
      { id: 'trunk', login: '1000', sources: ['127.0.0.1'], host: '127.0.0.1:5090', ...trunk },
      ...(more?.trunks ?? []),
    ],
    channels: [
      {
        botId: 'bot',
        trunk: 'trunk',
        ...(bot === undefined ? {} : { leg: bot }),
        ...(webhook === undefined ? {} : { webhook }),
        ...channel,
      },
      ...(more?.channels ?? []),
    ],
  };
}
