import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';

/** A program that is told to end and does not is killed after this time. */
const END_LIMIT_MS = 10_000;

/** A SIP program of the system that plays a peer: a process of its own, ended with all that it started. */
export class PeerProcess {
  /** Exit code; null when a signal ended it or it could not start. */
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  #output = '';
  #isGone = false;

  /** @param debianPackage named when the program is not on PATH */
  constructor(program: string, args: readonly string[], debianPackage: string) {
    // SIPp writes local times into its trace.
    const env = { ...process.env, TZ: 'UTC' };
    this.#child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.exited = new Promise((resolve) => {
      const gone = (code: number | null): void => {
        this.#isGone = true;
        resolve(code);
      };
      this.#child.once('close', gone);
      this.#child.once('error', (error: NodeJS.ErrnoException) => {
        this.#output += error.code === 'ENOENT' ? `${program} is missing: install ${debianPackage}` : String(error);
        gone(null);
      });
    });
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** All that it printed. */
  get output(): string {
    return this.#output;
  }

  /** What outlives the program, of those that it started, is killed as well: it would keep its port, and its output open. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (signal === 'SIGTERM') this.#child.kill(signal);
    else this.#killAll();
    const limit = setTimeout(() => this.#killAll(), END_LIMIT_MS);
    await this.exited;
    clearTimeout(limit);
  }

  #killAll(): void {
    if (this.#isGone || this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
