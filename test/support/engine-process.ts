import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess, Serializable } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const READY_LIMIT_MS = 60_000;

/** Linux counts CPU time for its users in hundredths of a second, on every machine that Node.js runs on. */
const TICK_MS = 10;

/** A process of the engine under test, with a channel for messages where its script uses one. */
export class EngineProcess {
  readonly #child: ChildProcess;
  #output = '';

  constructor(
    private readonly script: string,
    args: string[],
    env: NodeJS.ProcessEnv
  ) {
    this.#child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#child.on('error', () => undefined);
  }

  get isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** All that it printed. */
  get output(): string {
    return this.#output;
  }

  /** CPU time that it has taken, in ms: utime and stime of proc(5). */
  get cpuMs(): number {
    const afterName = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').replace(/^.*\) /s, '');
    const [utime, stime] = afterName.split(' ').slice(11, 13).map(Number);
    return (utime! + stime!) * TICK_MS;
  }

  /** Resolves when it has printed this: its output comes through a pipe, later than its answers to peers. */
  async ready(line: RegExp | string): Promise<void> {
    const deadline = Date.now() + READY_LIMIT_MS;
    while (!(typeof line === 'string' ? this.#output.includes(line) : line.test(this.#output))) {
      if (this.isGone || Date.now() > deadline) throw new Error(`${this.script} is not ready:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#child.on('message', listener);
  }

  tell(message: Serializable): void {
    if (!this.isGone) this.#child.send(message);
  }

  /** SIGKILL, and the end of the process. */
  async kill(): Promise<void> {
    if (this.isGone) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  /** SIGTERM. @returns the exit code */
  async stop(): Promise<number | null> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
    return this.#child.exitCode;
  }

  /** SIGSTOP: the process hangs with its connections open. */
  hang(): void {
    this.#child.kill('SIGSTOP');
  }

  /** SIGHUP: a worker takes its configuration anew. */
  hangUp(): void {
    this.#child.kill('SIGHUP');
  }

  /** SIGCONT: it goes on after `hang`. */
  goOn(): void {
    this.#child.kill('SIGCONT');
  }

  /** From now on its files do not grow, as on a disk that is full: writes fail with EFBIG. */
  fillDisk(): void {
    this.#limitFiles('0');
  }

  makeRoom(): void {
    this.#limitFiles('unlimited');
  }

  #limitFiles(bytes: string): void {
    execFileSync('prlimit', ['--pid', String(this.#child.pid), `--fsize=${bytes}:unlimited`]);
  }
}
