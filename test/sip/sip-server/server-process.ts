import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../support/free-port';

const script = path.join(__dirname, '../../../dist/sip-server/main.js');

/** The SIP server as a process of its own with a store on disk: it can be killed, and started again on the same ports. */
export class ServerProcess {
  private child: ChildProcess | undefined;
  /** All that it wrote, since the first start. */
  output = '';

  private constructor(
    readonly folder: string,
    readonly sipPort: number,
    readonly adminPort: number,
    private readonly options: readonly string[]
  ) {}

  static async start(secret: string, options: readonly string[] = []): Promise<ServerProcess> {
    const folder = await mkdtemp(path.join(tmpdir(), 'sip-server-'));
    const [sipPort, adminPort] = [await freePort(), await freePort()];
    const listen = `udp:127.0.0.1:${sipPort},tcp:127.0.0.1:${sipPort}`;
    const where = ['--listen', listen, '--admin', `127.0.0.1:${adminPort}`, '--control', 'off', '--secret', secret];
    const server = new ServerProcess(folder, sipPort, adminPort, [...where, '--store', folder, ...options]);
    await server.start();
    return server;
  }

  /** Starts it again, after `kill`. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [script, ...this.options], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
        if (chunk.includes('sip-server listening')) resolve();
      });
      child.stderr.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
      child.once('exit', (code) => reject(new Error(`the server ended with ${String(code)}:\n${this.output}`)));
    });
  }

  /** SIGKILL, and the end of the process. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}
