import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { WAIT_LIMIT_MS } from './limits';

const SCRIPT = path.join(__dirname, '../../dist/client/cli.js');

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The compiled `durable-calls` command as a process of its own. */
export class Cli {
  /** Runs it to its end. */
  static async run(args: string[], env: NodeJS.ProcessEnv, input = ''): Promise<CliResult> {
    const cli = new Cli(args, env);
    cli.#child.stdin?.end(input);
    return cli.ended;
  }

  /** Starts it, and leaves it running. */
  static start(args: string[], env: NodeJS.ProcessEnv): Cli {
    return new Cli(args, env);
  }

  readonly ended: Promise<CliResult>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  private constructor(args: string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, [SCRIPT, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.ended = once(this.#child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  get stdout(): string {
    return this.#stdout;
  }

  async until(wanted: RegExp): Promise<void> {
    for (const deadline = Date.now() + WAIT_LIMIT_MS; !wanted.test(this.#stdout);) {
      if (Date.now() > deadline) throw new Error(`not printed: ${wanted.source}\n${this.#stdout}\n${this.#stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
