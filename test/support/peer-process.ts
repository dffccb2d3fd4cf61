import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';

/** A SIP program of the system that plays a peer: a process of its own, ended by its pid. */
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
    this.#child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
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

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (!this.#isGone) this.#child.kill(signal);
    await this.exited;
  }
}
