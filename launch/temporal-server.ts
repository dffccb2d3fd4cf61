import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { LaunchError } from './launch-error';
import { requireFreePorts } from './ports';
import type { ProcessExit, RunningProcess } from './running-process';
import { startProcess } from './running-process';

export interface TemporalServerOptions {
  /** Path of the Temporal CLI. */
  cliPath: string;
  /** Default 127.0.0.1. */
  host?: string;
  /** Port of the gRPC front end. */
  port: number;
  /** Port of the web UI; absent: no UI. */
  uiPort?: number;
  /** File that keeps the histories; absent: in memory. */
  dbFilename?: string;
  /** Made besides `default`. */
  namespace?: string;
  /** Name and type of each search attribute to register. */
  searchAttributes: Readonly<Record<string, string>>;
  /** Gets the server's output, appended. */
  logFile?: string;
  /** Hears every line of the server's output. */
  log?: (line: string) => void;
  /** Gives up a start that is under way. */
  signal?: AbortSignal;
}

export interface TemporalServer {
  address: string;
  namespace: string;
  /** Absent without UI. */
  uiUrl?: string;
  pid: number;
  /** Settles when the server is gone; never rejects. */
  exited: Promise<ProcessExit>;
  /** SIGTERM, and SIGKILL when it is still there after `graceMs` (default 10,000). */
  stop(graceMs?: number): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const PROBE_EVERY_MS = 100;

/** One probe may take this long at first, and ever longer: on a busy machine the first answer of a server needs seconds. */
const FIRST_PROBE_MS = 1_000;
const LONGEST_PROBE_MS = 10_000;
const STOP_GRACE_MS = 10_000;

/**
 * A development server has one history shard whose task queues are polled 20 times a second and whose timers fire up to a second late;
 * with these values steps follow each other without waiting for that grid.
 */
const DYNAMIC_CONFIG = [
  'history.transferProcessorMaxPollRPS=1000',
  'history.timerProcessorMaxPollRPS=1000',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
  'history.timerProcessorMaxTimeShift="10ms"',
];

/** WAL with NORMAL loses nothing when the process dies. */
const SQLITE_PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL'];

/** Starts `temporal server start-dev` and resolves when it serves its namespace. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const host = options.host ?? '127.0.0.1';
  const namespace = options.namespace ?? 'default';
  const address = `${host}:${options.port}`;
  await requireFreePorts(host, portUses(options));
  if (options.dbFilename !== undefined) mkdirSync(dirname(options.dbFilename), { recursive: true });
  const lines: string[] = [];
  const server = await startProcess({
    command: options.cliPath,
    args: startDevArguments(options),
    ...(options.logFile !== undefined && { logFile: options.logFile }),
    onLine: (line) => {
      if (lines.push(line) > 20) lines.shift();
      options.log?.(line);
    },
  });
  const serving = await waitUntilServing(address, namespace, server, options.signal);
  if (!serving) {
    await server.stop(STOP_GRACE_MS);
    options.signal?.throwIfAborted();
    throw new LaunchError(`The Temporal server did not come up on ${address}:\n${lines.join('\n')}`);
  }
  return {
    address,
    namespace,
    ...(options.uiPort !== undefined && { uiUrl: `http://${host}:${options.uiPort}` }),
    pid: server.pid,
    exited: server.exited,
    stop: (graceMs = STOP_GRACE_MS) => server.stop(graceMs),
  };
}

function portUses({ port, uiPort }: TemporalServerOptions): Parameters<typeof requireFreePorts>[1] {
  const grpc = { purpose: 'Temporal', option: '--temporal-port', port, transports: ['tcp'] as const };
  if (uiPort === undefined) return [grpc];
  return [grpc, { purpose: 'Temporal web UI', option: '--ui-port', port: uiPort, transports: ['tcp'] }];
}

/** Arguments of the Temporal CLI. */
export function startDevArguments(options: TemporalServerOptions): string[] {
  return [
    'server',
    'start-dev',
    ...['--ip', options.host ?? '127.0.0.1'],
    ...['--port', String(options.port)],
    ...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
    ...(options.dbFilename === undefined ? [] : ['--db-filename', options.dbFilename]),
    ...(options.namespace === undefined || options.namespace === 'default' ? [] : ['--namespace', options.namespace]),
    ...(options.dbFilename === undefined ? [] : SQLITE_PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma])),
    ...DYNAMIC_CONFIG.flatMap((value) => ['--dynamic-config-value', value]),
    ...Object.entries(options.searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}

async function waitUntilServing(
  address: string,
  namespace: string,
  server: RunningProcess,
  signal?: AbortSignal
): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let limitMs = FIRST_PROBE_MS;
  while (server.isRunning() && signal?.aborted !== true && Date.now() < deadline) {
    if (await servesNamespace(address, namespace, limitMs)) return server.isRunning();
    await delay(PROBE_EVERY_MS);
    limitMs = Math.min(1.5 * limitMs, LONGEST_PROBE_MS);
  }
  return false;
}

async function servesNamespace(address: string, namespace: string, limitMs: number): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    const opened = await Connection.connect({ address, connectTimeout: limitMs });
    connection = opened;
    await opened.withDeadline(Date.now() + limitMs, () => opened.workflowService.describeNamespace({ namespace }));
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}
