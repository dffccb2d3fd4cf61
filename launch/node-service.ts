import { LaunchError } from './launch-error';
import type { RunningProcess } from './running-process';
import { startProcess } from './running-process';

export interface NodeServiceOptions {
  name: string;
  /** Compiled script, then its arguments. */
  args: string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** The service is ready when a line of its output contains this. */
  readyText: string;
  /** Hears the service's warnings and errors. */
  say: (text: string) => void;
  /** Gives up a start that is under way. */
  signal?: AbortSignal;
}

const READY_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 5_000;
/** pino's number for `warn`; more is worse. */
const WARN_LEVEL = 40;
const LINES_IN_ERROR = 15;

/** Starts one of our own processes and resolves when it says that it is ready. It ends when we do: its stdin ends then. */
export async function startNodeService(options: NodeServiceOptions): Promise<RunningProcess> {
  const lines: string[] = [];
  let onReady: () => void = () => undefined;
  const ready = new Promise<'ready'>((resolve) => (onReady = () => resolve('ready')));
  const service = await startProcess({
    command: process.execPath,
    args: options.args,
    env: { ...options.env, EXIT_WITH_PARENT: '1' },
    logFile: options.logFile,
    onLine: (line) => {
      if (lines.push(line) > LINES_IN_ERROR) lines.shift();
      if (line.includes(options.readyText)) onReady();
      const warning = warningIn(line);
      if (warning !== undefined) options.say(`${options.name}: ${warning}`);
    },
  });
  const cameUp = await Promise.race([
    ready,
    service.exited.then(() => 'gone'),
    afterTimeout(),
    aborted(options.signal),
  ]);
  if (cameUp === 'ready') return service;
  await service.stop(STOP_GRACE_MS);
  options.signal?.throwIfAborted();
  const why = cameUp === 'gone' ? 'ended before it was ready' : `was not ready within ${READY_TIMEOUT_MS / 1000} s`;
  throw new LaunchError(`The ${options.name} ${why}; its log is ${options.logFile}:\n${lines.join('\n')}`);
}

function afterTimeout(): Promise<'late'> {
  return new Promise((resolve) => setTimeout(() => resolve('late'), READY_TIMEOUT_MS).unref());
}

function aborted(signal?: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve('aborted');
    else signal?.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}

interface LogEntry {
  level?: unknown;
  msg?: unknown;
  callId?: unknown;
  trunk?: unknown;
  reason?: unknown;
  err?: { message?: unknown };
}

/** @returns the message of a pino log line of level `warn` or worse, with the call or trunk that it is about */
export function warningIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as LogEntry;
    if (typeof entry.level !== 'number' || entry.level < WARN_LEVEL) return undefined;
    const call = typeof entry.callId === 'string' ? `call ${entry.callId}` : undefined;
    const trunk = typeof entry.trunk === 'string' ? `trunk ${entry.trunk}` : undefined;
    const parts = [call ?? trunk, entry.msg, entry.reason, entry.err?.message];
    return [...new Set(parts.filter((part) => typeof part === 'string' && part !== ''))].join(': ');
  } catch {
    return undefined;
  }
}
