import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';

export interface ProcessOptions {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** Gets stdout and stderr, appended. */
  logFile?: string;
  /** Hears every line of stdout and stderr. */
  onLine?: (line: string) => void;
}

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  pid: number;
  /** Settles when the process is gone; never rejects. */
  exited: Promise<ProcessExit>;
  isRunning(): boolean;
  /** SIGTERM, and SIGKILL when it is still there after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts a process in a process group of its own, so that a Ctrl-C on the terminal reaches only the supervisor, which stops its
 * processes in order. The process's stdin stays open as long as we live: its end tells the process that we are gone.
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const child = spawn(options.command, options.args, {
    env: options.env ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.stdin.on('error', () => undefined);
  collectOutput(child, options, exited);
  const pid = child.pid as number;
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const stop = async (graceMs: number): Promise<void> => {
    if (isRunning()) await stopProcess(pid, exited, graceMs);
  };
  return { pid, exited, isRunning, stop };
}

function collectOutput(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  options: ProcessOptions,
  exited: Promise<ProcessExit>
): void {
  const log = options.logFile === undefined ? undefined : openLog(options.logFile);
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      log?.write(`${line}\n`);
      options.onLine?.(line);
    });
  void exited.then(() => log?.end());
}

function openLog(file: string): Writable {
  mkdirSync(dirname(file), { recursive: true });
  return createWriteStream(file, { flags: 'a' });
}

async function stopProcess(pid: number, exited: Promise<ProcessExit>, graceMs: number): Promise<void> {
  signalProcess(pid, 'SIGTERM');
  const timer = setTimeout(() => {
    // The whole group, so that nothing which the process started stays behind.
    signalProcess(-pid, 'SIGKILL');
  }, graceMs);
  await exited;
  clearTimeout(timer);
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
